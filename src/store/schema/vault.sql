-- devices/<uid>.sqlite, version 1: what a device needs to speak to WhatsApp.

CREATE TABLE owner (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL
) STRICT;
INSERT INTO owner VALUES (1, 0);

CREATE TABLE credentials (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  value TEXT NOT NULL
) STRICT;

CREATE TABLE signal_key (
  type  TEXT NOT NULL,
  id    TEXT NOT NULL,
  value ANY NOT NULL,
  PRIMARY KEY (type, id)
) STRICT;

-- Inbound stanzas from decryption until their events are logged; then only the hash stays, for 14 days, because
-- WhatsApp may deliver the same ciphertext again and the ratchet cannot decrypt it twice.
CREATE TABLE journal (
  place      INTEGER PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE,
  stanza     BLOB,
  plaintext  BLOB,
  at         INTEGER NOT NULL,
  settled_at INTEGER,
  CHECK (settled_at IS NOT NULL OR (stanza IS NOT NULL AND plaintext IS NOT NULL))
) STRICT;
CREATE INDEX journal_pending ON journal (place) WHERE settled_at IS NULL;
CREATE INDEX journal_settled ON journal (settled_at) WHERE settled_at IS NOT NULL;
