-- From version 2 to 3: a delivery that waits for another is `blocked`, a webhook's dead letters are `webhook.dead_lettered`.
-- A CHECK cannot be altered: both tables are written anew, children first.
CREATE TABLE delivery_3 (
  event      INTEGER NOT NULL REFERENCES event (place) ON DELETE CASCADE,
  target     TEXT NOT NULL,
  lane       TEXT NOT NULL,
  stage      TEXT NOT NULL CHECK (stage IN ('blocked', 'due', 'running', 'delivered', 'dead')),
  due_at     INTEGER NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  failures   INTEGER NOT NULL DEFAULT 0,
  reason     TEXT,
  settled_at INTEGER,
  PRIMARY KEY (event, target),
  CHECK ((settled_at IS NULL) = (stage IN ('blocked', 'due', 'running')))
) STRICT, WITHOUT ROWID;
INSERT INTO delivery_3 SELECT event, target, lane, iif(stage = 'behind', 'blocked', stage), due_at, attempts, failures, reason,
  settled_at FROM delivery ORDER BY event, target;
CREATE TABLE attempt_3 (
  event    INTEGER NOT NULL,
  target   TEXT NOT NULL,
  number   INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  duration INTEGER,
  status   INTEGER,
  error    TEXT,
  response TEXT,
  PRIMARY KEY (event, target, number),
  FOREIGN KEY (event, target) REFERENCES delivery_3 (event, target) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO attempt_3 SELECT event, target, number, at, duration, status, error, response FROM attempt ORDER BY event, target, number;
DROP TABLE attempt;
DROP TABLE delivery;
ALTER TABLE delivery_3 RENAME TO delivery;
ALTER TABLE attempt_3 RENAME TO attempt;
CREATE INDEX delivery_target ON delivery (target, event);
CREATE INDEX delivery_due ON delivery (target, due_at, event) WHERE stage = 'due';
CREATE INDEX delivery_lane ON delivery (target, lane, event) WHERE settled_at IS NULL;
CREATE INDEX delivery_dead ON delivery (target, event) WHERE stage = 'dead';
UPDATE event SET type = 'webhook.dead_lettered' WHERE type = 'webhook.buried';
UPDATE endpoint SET events = replace(events, '"webhook.buried"', '"webhook.dead_lettered"');
UPDATE plugin_data SET key = '$disabled' WHERE key = '$banished';
