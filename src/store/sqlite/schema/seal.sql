-- Whether this store is sealed: at most one row. `data_key` is wrapped with the operator's key; see seal/envelope.ts.
CREATE TABLE seal (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  key_id   TEXT NOT NULL, -- names the data key; files are named by it too
  owner    TEXT NOT NULL, -- tells the operator's key from others
  data_key BLOB NOT NULL,
  contents INTEGER NOT NULL CHECK (contents IN (0, 1)), -- 1: what was said, events and files are sealed too
  work     TEXT CHECK (json_valid(work)) -- how far it is on its way to that, or to no seal; NULL: it is there
) STRICT;

-- A number and a salt for each process that seals: it has a key of its own, under which it counts its nonces.
CREATE TABLE seal_session (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  salt   BLOB NOT NULL
) STRICT;
