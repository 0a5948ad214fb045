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

-- Every ciphertext that was decrypted: WhatsApp may deliver it again, and the ratchet cannot decrypt it twice.
CREATE TABLE seen (
  place INTEGER PRIMARY KEY,
  hash  TEXT NOT NULL UNIQUE,
  at    INTEGER NOT NULL
) STRICT;

-- What came in them, until its events are logged.
CREATE TABLE journal (
  place     INTEGER PRIMARY KEY, -- of `seen`
  stanza    TEXT NOT NULL,
  plaintext BLOB NOT NULL
) STRICT;
