-- Which store this is, and how often a bot began with it. `stamp.json` beside the file says the same: see sqlite/stamp.ts.
CREATE TABLE stamp (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  store      TEXT NOT NULL,
  generation INTEGER NOT NULL
) STRICT;
