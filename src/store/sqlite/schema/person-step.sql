-- From version 9 to 10: who is who. People and their chats were kept with the contacts; what stands under somebody's other name
-- is moved in slices once the program runs, so that a large store opens at once.
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

INSERT INTO person (device, jid, phone, lid) SELECT device, jid, phone, lid FROM contact;
INSERT OR IGNORE INTO person_name SELECT device, jid, jid, 'contacts', 0 FROM contact;
INSERT OR IGNORE INTO person_name SELECT device, phone || '@s.whatsapp.net', jid, 'contacts', 0 FROM contact WHERE phone IS NOT NULL;
INSERT OR IGNORE INTO person_name SELECT device, lid, jid, 'contacts', 0 FROM contact WHERE lid IS NOT NULL;
-- Pairs that only the governor kept.
INSERT OR IGNORE INTO person (device, jid, phone, lid)
  SELECT device, address, substr(address, 1, instr(address, '@') - 1), also FROM acquaintance
  WHERE address LIKE '%@s.whatsapp.net' AND also LIKE '%@lid'
    AND NOT EXISTS (SELECT 1 FROM person_name WHERE person_name.device = acquaintance.device AND name IN (address, also));
INSERT OR IGNORE INTO person_name SELECT device, jid, jid, 'message', 0 FROM person;
INSERT OR IGNORE INTO person_name SELECT device, lid, jid, 'message', 0 FROM person WHERE lid IS NOT NULL;
INSERT OR IGNORE INTO person_move
  SELECT device, lid, jid, (SELECT coalesce(max(place), 0) FROM said) FROM person WHERE lid IS NOT NULL AND lid <> jid
    AND (EXISTS (SELECT 1 FROM said WHERE said.device = person.device AND said.chat = person.lid)
      OR EXISTS (SELECT 1 FROM chat WHERE chat.device = person.device AND chat.jid = person.lid));
-- Few rows a person: at once.
INSERT INTO chat (device, jid, name, unread, last_at, archived, pinned, muted_until, marked_unread)
  SELECT chat.device, person.jid, chat.name, chat.unread, chat.last_at, chat.archived, chat.pinned, chat.muted_until,
    chat.marked_unread FROM chat JOIN person ON person.device = chat.device AND person.lid = chat.jid AND person.jid <> chat.jid
    WHERE TRUE
  ON CONFLICT (device, jid) DO UPDATE SET name = coalesce(name, excluded.name), unread = unread + excluded.unread,
    last_at = max(last_at, excluded.last_at), pinned = max(pinned, excluded.pinned),
    archived = iif(excluded.last_at > last_at, excluded.archived, archived),
    muted_until = coalesce(muted_until, excluded.muted_until), marked_unread = max(marked_unread, excluded.marked_unread);
DELETE FROM chat WHERE EXISTS (SELECT 1 FROM person
  WHERE person.device = chat.device AND person.lid = chat.jid AND person.jid <> chat.jid);
UPDATE OR REPLACE label_use SET chat = (SELECT jid FROM person WHERE person.device = label_use.device AND person.lid = label_use.chat)
  WHERE EXISTS (SELECT 1 FROM person WHERE person.device = label_use.device AND person.lid = label_use.chat AND person.jid <> person.lid);
UPDATE message SET chat = (SELECT jid FROM person WHERE person.device = message.device AND person.lid = message.chat)
  WHERE state IN ('queued', 'waiting', 'sending')
    AND EXISTS (SELECT 1 FROM person WHERE person.device = message.device AND person.lid = message.chat AND person.jid <> person.lid);
ALTER TABLE said ADD COLUMN wire_chat TEXT;
ALTER TABLE said ADD COLUMN wire_sender TEXT;
DROP INDEX contact_phone;
DROP INDEX contact_lid;
