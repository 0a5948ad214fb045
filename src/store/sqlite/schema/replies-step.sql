-- From version 10 to 11: a webhook may answer an event with a message.
ALTER TABLE endpoint ADD COLUMN replies INTEGER NOT NULL DEFAULT 0 CHECK (replies IN (0, 1)); -- what it answers is sent
