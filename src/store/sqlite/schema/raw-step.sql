-- From version 12 to 13: a webhook may be told messages as WhatsApp has them, too.
ALTER TABLE endpoint ADD COLUMN raw INTEGER NOT NULL DEFAULT 0 CHECK (raw IN (0, 1)); -- with the raw message
