-- merpati.sqlite. A new folder runs this file and usage.sql; an older one runs the steps in migrations.ts.
-- Times are milliseconds since 1970. Lists in CHECK are those of src/core; a test compares them.

CREATE TABLE tenant (
  id           TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  device_limit INTEGER CHECK (device_limit >= 0),
  created_at   INTEGER NOT NULL,
  limits       TEXT CHECK (json_valid(limits)), -- budgets by name; what is not in it is as by default
  media_links  INTEGER NOT NULL DEFAULT 1 CHECK (media_links IN (0, 1)) -- events and messages carry links to their files
) STRICT;

CREATE TABLE api_key (
  id           TEXT PRIMARY KEY,
  tenant       TEXT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  name         TEXT NOT NULL,
  hash         TEXT NOT NULL UNIQUE,
  scopes       TEXT NOT NULL CHECK (json_valid(scopes)),
  devices      TEXT CHECK (json_valid(devices)), -- ids; NULL: every one of the tenant
  prefix       TEXT, -- the first characters of the key, for people
  created_by   TEXT, -- id of a key, or a way of the operator
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER,
  last_used_at INTEGER,
  updated      INTEGER NOT NULL DEFAULT 0, -- 1: an update gave it another authority, and nobody was told yet
  CHECK (instr(scopes, '"admin"') = 0 OR (tenant = 'default' AND devices IS NULL))
) STRICT;

-- Who is signed in at the dashboard.
CREATE TABLE dashboard_session (
  hash       TEXT PRIMARY KEY, -- of the cookie
  key        TEXT NOT NULL, -- id of the key it was opened with
  seal       TEXT NOT NULL, -- binds it to that very key
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who did what.
CREATE TABLE audit (
  id      TEXT PRIMARY KEY,
  at      INTEGER NOT NULL,
  tenant  TEXT,
  actor   TEXT NOT NULL,
  address TEXT,
  action  TEXT NOT NULL,
  subject TEXT,
  count   INTEGER NOT NULL DEFAULT 1, -- the same again and again is one entry
  last_at INTEGER -- of the last of them; NULL: there is one
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_tenant ON audit (tenant, id);

CREATE TABLE device (
  uid             TEXT PRIMARY KEY,
  tenant          TEXT NOT NULL REFERENCES tenant (id),
  id              TEXT NOT NULL,
  label           TEXT,
  wanted          TEXT NOT NULL CHECK (wanted IN ('running', 'stopped')),
  phase           TEXT NOT NULL CHECK (phase IN ('stopped', 'starting', 'pairing', 'passkey_required', 'connected',
                                                 'waiting', 'restricted', 'failed', 'logged_out')),
  reason          TEXT NOT NULL, -- closed by the compiler; grows too often for a CHECK, which SQLite cannot alter
  since           INTEGER NOT NULL,
  account         TEXT CHECK (json_valid(account)),
  last_account    TEXT CHECK (json_valid(last_account)), -- stays after a logout
  unlinked        TEXT CHECK (json_valid(unlinked)), -- why and when last_account went; NULL while one is linked
  last_connect_at INTEGER,
  standing        TEXT CHECK (json_valid(standing)), -- NULL: WhatsApp restricts nothing
  rest_until      INTEGER, -- while restricted: WhatsApp is left alone until then
  created_at      INTEGER NOT NULL,
  epoch           INTEGER NOT NULL DEFAULT 0, -- rises with every owner; a write with an older one is refused
  seq             INTEGER NOT NULL DEFAULT 0, -- of the last logged event
  device_group    TEXT, -- of devices that belong together, as their tenant calls it
  UNIQUE (tenant, id)
) STRICT;

-- What happened. AUTOINCREMENT: a place is never used twice, so a cursor that holds one never skips.
CREATE TABLE event (
  place  INTEGER PRIMARY KEY AUTOINCREMENT,
  id     TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL,
  device TEXT, -- uid; NULL: the event concerns the tenant
  seq    INTEGER, -- NULL: live only
  type   TEXT NOT NULL,
  at     INTEGER NOT NULL,
  chat   TEXT,
  once   TEXT NOT NULL,
  data   TEXT NOT NULL,
  owed   TEXT -- the targets it is owed to, as "|webhook:1|plugin:a|"; NULL: nobody, or the rows in delivery say
) STRICT;
CREATE UNIQUE INDEX event_once ON event (device, once) WHERE device IS NOT NULL;
CREATE UNIQUE INDEX event_seq ON event (device, seq) WHERE seq IS NOT NULL;
CREATE INDEX event_tenant ON event (tenant, place);
CREATE INDEX event_live ON event (at) WHERE seq IS NULL;

-- Deliveries that are not told by the cursor alone: what failed, waits behind it, was asked for again or takes long. The
-- diagram of stages stands in core/ports/deliveries.ts.
CREATE TABLE delivery (
  event      INTEGER NOT NULL REFERENCES event (place) ON DELETE CASCADE,
  target     TEXT NOT NULL,
  lane       TEXT NOT NULL,
  stage      TEXT NOT NULL CHECK (stage IN ('blocked', 'due', 'running', 'delivered', 'dead')),
  due_at     INTEGER NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  failures   INTEGER NOT NULL DEFAULT 0,
  reason     TEXT, -- why it is dead
  settled_at INTEGER,
  PRIMARY KEY (event, target),
  CHECK ((settled_at IS NULL) = (stage IN ('blocked', 'due', 'running')))
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_target ON delivery (target, event);
CREATE INDEX delivery_due ON delivery (target, due_at, event) WHERE stage = 'due';
-- By the time, not by the stage: an index is written anew whenever a column of its condition is.
CREATE INDEX delivery_lane ON delivery (target, lane, event) WHERE settled_at IS NULL;
CREATE INDEX delivery_dead ON delivery (target, event) WHERE stage = 'dead';

CREATE TABLE attempt (
  event    INTEGER NOT NULL,
  target   TEXT NOT NULL,
  number   INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  duration INTEGER,
  status   INTEGER,
  error    TEXT,
  response TEXT,
  PRIMARY KEY (event, target, number),
  FOREIGN KEY (event, target) REFERENCES delivery (event, target) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Up to here, that place included, the log was pruned: an event below it stays only while it is owed.
CREATE TABLE pruned (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  place INTEGER NOT NULL
) STRICT;
INSERT INTO pruned VALUES (1, 0);

-- What was owed and had to go, until somebody is told.
CREATE TABLE lost (
  target TEXT NOT NULL,
  reason TEXT NOT NULL,
  count  INTEGER NOT NULL,
  events TEXT NOT NULL CHECK (json_valid(events)), -- ids of the first hundred
  since  INTEGER NOT NULL,
  until  INTEGER NOT NULL,
  PRIMARY KEY (target, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE endpoint (
  id            TEXT PRIMARY KEY,
  tenant        TEXT NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  url           TEXT NOT NULL,
  description   TEXT,
  events        TEXT NOT NULL CHECK (json_valid(events)),
  devices       TEXT CHECK (json_valid(devices)), -- NULL: every device
  headers       TEXT NOT NULL CHECK (json_valid(headers)),
  secrets       TEXT NOT NULL CHECK (json_valid(secrets)),
  state         TEXT NOT NULL CHECK (state IN ('active', 'paused', 'disabled')),
  reason        TEXT, -- why it is disabled
  origin        TEXT NOT NULL CHECK (origin IN ('environment', 'api')),
  failing_since INTEGER,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  replies       INTEGER NOT NULL DEFAULT 0 CHECK (replies IN (0, 1)), -- what it answers is sent
  raw           INTEGER NOT NULL DEFAULT 0 CHECK (raw IN (0, 1)), -- with the raw message
  batch         TEXT CHECK (json_valid(batch)), -- how many events come as one list, after how long; NULL: each alone
  burst         TEXT CHECK (json_valid(burst)), -- the pause after which what a chat wrote comes as one list; NULL: each alone
  inline_kb     INTEGER NOT NULL DEFAULT 0 CHECK (inline_kb >= 0), -- files up to this size stand in the event
  chats         TEXT CHECK (json_valid(chats)), -- kinds of chats; NULL: all
  device_groups TEXT CHECK (json_valid(device_groups)) -- only devices of these groups; NULL: every device
) STRICT;

-- What we send. Terminal: sent, failed, cancelled.
CREATE TABLE message (
  place           INTEGER PRIMARY KEY AUTOINCREMENT,
  id              TEXT NOT NULL UNIQUE,
  device          TEXT NOT NULL,
  wa_id           TEXT NOT NULL,
  chat            TEXT NOT NULL,
  bulk            TEXT, -- its id, when it is part of one
  content         TEXT NOT NULL CHECK (json_valid(content)),
  context         TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(context)), -- what it answers, mentions and so on
  wire            BLOB, -- as WhatsApp gets it; every attempt sends the same
  state           TEXT NOT NULL CHECK (state IN ('queued', 'waiting', 'sending', 'sent', 'failed', 'cancelled')),
  delivery        TEXT CHECK (delivery IN ('delivered', 'read', 'played')),
  reason          TEXT, -- why it waits or failed: a word, or WhatsApp's number
  error           TEXT, -- the sentence for people
  lane            INTEGER NOT NULL, -- a place in `lanes` of core/policy/governor.ts
  by_hand         INTEGER NOT NULL DEFAULT 0, -- 1: released against the governor
  created_at      INTEGER NOT NULL,
  not_before      INTEGER NOT NULL,
  send_at         INTEGER, -- the moment it is scheduled for; NULL: none, or no longer
  expires_at      INTEGER, -- NULL: never
  sent_at         INTEGER,
  updated_at      INTEGER NOT NULL,
  idempotency_key TEXT,
  body_hash       TEXT,
  UNIQUE (device, wa_id)
) STRICT;
CREATE UNIQUE INDEX message_idempotency ON message (device, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX message_open ON message (device, place) WHERE state IN ('queued', 'waiting', 'sending');
CREATE INDEX message_lane ON message (device, chat, place) WHERE state IN ('queued', 'waiting', 'sending');
CREATE INDEX message_next ON message (device, lane, place) WHERE state = 'queued';
CREATE INDEX message_held ON message (device) WHERE state = 'waiting' AND send_at IS NULL;
CREATE INDEX message_due ON message (device, not_before, place) WHERE state = 'waiting';
CREATE INDEX message_expiry ON message (device, expires_at) WHERE state IN ('queued', 'waiting') AND expires_at IS NOT NULL;
CREATE INDEX message_unsent ON message (device, place) WHERE state IN ('failed', 'cancelled');
CREATE INDEX message_listed ON message (device, place);
CREATE INDEX message_bulk ON message (bulk, place) WHERE bulk IS NOT NULL;
CREATE INDEX message_tally ON message (bulk, state, delivery) WHERE bulk IS NOT NULL;
CREATE INDEX message_settled ON message (updated_at) WHERE state IN ('sent', 'failed', 'cancelled');

-- Many messages that were queued at once.
CREATE TABLE bulk (
  place           INTEGER PRIMARY KEY AUTOINCREMENT,
  id              TEXT NOT NULL UNIQUE,
  device          TEXT NOT NULL,
  total           INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  cancelled_at    INTEGER,
  done_at         INTEGER,
  tally           TEXT CHECK (json_valid(tally)), -- at its end
  idempotency_key TEXT,
  body_hash       TEXT,
  content         TEXT CHECK (json_valid(content)), -- of those of its messages whose own is null
  context         TEXT CHECK (json_valid(context)),
  once            INTEGER NOT NULL DEFAULT 0 CHECK (once IN (0, 1)) -- nobody gets two of its messages
) STRICT;
CREATE UNIQUE INDEX bulk_idempotency ON bulk (device, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX bulk_running ON bulk (device) WHERE done_at IS NULL;
CREATE INDEX bulk_device ON bulk (device, place);
-- Messages of a bulk that are not rows yet: they become rows a part at a time. Without its bulk a part is nothing.
CREATE TABLE bulk_part (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  bulk  TEXT NOT NULL,
  rows  TEXT NOT NULL CHECK (json_valid(rows))
) STRICT;
CREATE INDEX bulk_part_bulk ON bulk_part (bulk, place);
CREATE INDEX bulk_done ON bulk (done_at) WHERE done_at IS NOT NULL;

-- People whom a device knows, by each address. A person with two addresses has two rows that name each other.
CREATE TABLE acquaintance (
  device     TEXT NOT NULL,
  address    TEXT NOT NULL,
  also       TEXT,
  heard_at   INTEGER,
  said_at    INTEGER,
  held_until INTEGER,
  PRIMARY KEY (device, address)
) STRICT, WITHOUT ROWID;

-- What plugins keep. Keys that begin with $ are the host's notes about the plugin.
CREATE TABLE plugin_data (
  plugin TEXT NOT NULL,
  key    TEXT NOT NULL,
  value  TEXT NOT NULL CHECK (json_valid(value)),
  PRIMARY KEY (plugin, key)
) STRICT, WITHOUT ROWID;

-- Who is who: each person that a device has seen, under the one name that their chat, history and events go by.
CREATE TABLE person (
  device   TEXT NOT NULL,
  jid      TEXT NOT NULL,
  phone    TEXT,
  lid      TEXT,
  username TEXT,
  PRIMARY KEY (device, jid)
) STRICT, WITHOUT ROWID;

-- Every name that was ever seen: whose it is, or was last, and where and when that was learned.
CREATE TABLE person_name (
  device     TEXT NOT NULL,
  name       TEXT NOT NULL, -- a JID, or @ and a username
  person     TEXT NOT NULL,
  source     TEXT NOT NULL,
  learned_at INTEGER NOT NULL,
  PRIMARY KEY (device, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_name_of ON person_name (device, person);

-- History that still stands under a name which its person had before; it is moved in slices.
CREATE TABLE person_move (
  device TEXT NOT NULL,
  former TEXT NOT NULL,
  person TEXT NOT NULL,
  until  INTEGER NOT NULL, -- a place in said: what came later is not theirs
  PRIMARY KEY (device, former)
) STRICT, WITHOUT ROWID;

-- Edits and deletions of messages that are not known here yet, newest last.
CREATE TABLE early_change (
  place   INTEGER PRIMARY KEY AUTOINCREMENT,
  device  TEXT NOT NULL,
  chat    TEXT NOT NULL,
  id      TEXT NOT NULL,
  author  TEXT NOT NULL, -- 'me': the account itself
  at      INTEGER NOT NULL,
  content TEXT CHECK (json_valid(content)) -- NULL: it was deleted
) STRICT;
CREATE INDEX early_change_id ON early_change (device, id);

-- What was said in the chats of a device, in and out.
CREATE TABLE said (
  place      INTEGER PRIMARY KEY AUTOINCREMENT,
  device     TEXT NOT NULL,
  chat       TEXT NOT NULL,
  id         TEXT NOT NULL, -- WhatsApp's; two participants of a group may use the same
  sender     TEXT NOT NULL,
  from_me    INTEGER NOT NULL CHECK (from_me IN (0, 1)),
  push_name  TEXT,
  at         INTEGER NOT NULL,
  content    TEXT NOT NULL CHECK (json_valid(content)),
  context    TEXT NOT NULL CHECK (json_valid(context)),
  words      TEXT NOT NULL, -- what a search finds it by
  wire       BLOB NOT NULL, -- as WhatsApp has it
  edited_at  INTEGER,
  deleted_at INTEGER,
  starred    INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
  server_id  INTEGER, -- of a post: the channel's own number of it
  wire_chat   TEXT, -- as WhatsApp named chat and sender, where that is not how they are named here
  wire_sender TEXT,
  UNIQUE (device, id, chat, sender)
) STRICT;
CREATE INDEX said_chat ON said (device, chat, place);
CREATE INDEX said_device ON said (device, place);
CREATE INDEX said_at ON said (at);

CREATE TABLE chat (
  device        TEXT NOT NULL,
  jid           TEXT NOT NULL,
  name          TEXT,
  unread        INTEGER NOT NULL DEFAULT 0,
  last_at       INTEGER NOT NULL DEFAULT 0,
  archived      INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
  pinned        INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
  muted_until   INTEGER,
  marked_unread INTEGER NOT NULL DEFAULT 0 CHECK (marked_unread IN (0, 1)),
  PRIMARY KEY (device, jid)
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_last ON chat (device, pinned, last_at, jid);

-- Labels of business accounts. One that went keeps its number, which no other may get.
CREATE TABLE label (
  device TEXT NOT NULL,
  id     TEXT NOT NULL,
  name   TEXT NOT NULL,
  color  INTEGER NOT NULL,
  gone   INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
  PRIMARY KEY (device, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE label_use (
  device  TEXT NOT NULL,
  label   TEXT NOT NULL,
  chat    TEXT NOT NULL,
  message TEXT NOT NULL, -- '': the chat itself
  author  TEXT NOT NULL DEFAULT '', -- of the message: 'me' or a JID, '' where nobody said
  PRIMARY KEY (device, label, chat, message, author)
) STRICT, WITHOUT ROWID;
CREATE INDEX label_chat ON label_use (device, chat);

-- Files that came or were brought to be sent. Their bytes lie in media/, named by their hash.
CREATE TABLE media (
  id         TEXT PRIMARY KEY,
  tenant     TEXT NOT NULL,
  device     TEXT NOT NULL,
  mime       TEXT NOT NULL,
  name       TEXT,
  size       INTEGER NOT NULL,
  sha256     TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('remote', 'ready', 'failed')),
  reason     TEXT,
  remote     TEXT, -- where WhatsApp keeps it and how it is sealed
  facts      TEXT NOT NULL CHECK (json_valid(facts)),
  thumbnail  BLOB,
  created_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX media_device ON media (device, created_at);
CREATE INDEX media_bytes ON media (sha256);
CREATE INDEX media_used ON media (used_at);

-- Who wrote, or stands in the owner's address book: one row a person, whichever of their names WhatsApp used.
CREATE TABLE contact (
  device    TEXT NOT NULL,
  jid       TEXT NOT NULL,
  phone     TEXT,
  lid       TEXT,
  name      TEXT,
  push_name TEXT,
  PRIMARY KEY (device, jid)
) STRICT, WITHOUT ROWID;
