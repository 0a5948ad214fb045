-- Where a target stands in the log: every event up to `place` that is owed to it was delivered, or has a row in `delivery`.
CREATE TABLE cursor (
  target TEXT PRIMARY KEY,
  place  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was taken at its first attempt, many in a row: [place, when it began, milliseconds, HTTP status or null].
CREATE TABLE delivered (
  id      INTEGER PRIMARY KEY,
  target  TEXT NOT NULL,
  first   INTEGER NOT NULL, -- the lowest and the highest place in it
  last    INTEGER NOT NULL,
  entries TEXT NOT NULL CHECK (json_valid(entries))
) STRICT;
CREATE INDEX delivered_target ON delivered (target, last);

CREATE INDEX delivery_waiting ON delivery (target, event) WHERE stage = 'due';

-- Of an older file; a new one has no targets.
INSERT INTO cursor (target, place) SELECT target, (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event')
FROM (SELECT 'webhook:' || id AS target FROM endpoint UNION SELECT DISTINCT target FROM delivery);

-- Usage of events (usage.sql counts all else): who they are owed to takes room too.
DROP TRIGGER usage_event_added;
DROP TRIGGER usage_event_removed;
CREATE TRIGGER usage_event_added AFTER INSERT ON event BEGIN
  INSERT INTO usage VALUES (new.tenant, 'event_bytes', 475 + length(new.data) + coalesce(length(new.owed), 0))
    ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;
END;
CREATE TRIGGER usage_event_removed AFTER DELETE ON event BEGIN
  UPDATE usage SET amount = amount - 475 - length(old.data) - coalesce(length(old.owed), 0)
    WHERE owner = old.tenant AND kind = 'event_bytes';
END;
