-- From version 22 to 23: a bulk says whether somebody may get two of its messages.
ALTER TABLE bulk ADD COLUMN once INTEGER NOT NULL DEFAULT 0 CHECK (once IN (0, 1)); -- nobody gets two of its messages
