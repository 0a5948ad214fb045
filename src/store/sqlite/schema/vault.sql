-- What each device needs to speak to WhatsApp. Without its device a row is nothing.

CREATE TABLE credentials (
  device TEXT PRIMARY KEY, -- uid
  value  TEXT NOT NULL
) STRICT;

CREATE TABLE signal_key (
  device TEXT NOT NULL,
  type   TEXT NOT NULL,
  id     TEXT NOT NULL,
  value  ANY NOT NULL,
  PRIMARY KEY (device, type, id)
) STRICT, WITHOUT ROWID;

-- Every ciphertext that was decrypted: WhatsApp may deliver it again, and the ratchet cannot decrypt it twice. By day, so
-- that what comes today lies together, and what is old goes together.
CREATE TABLE seen (
  device TEXT NOT NULL,
  day    INTEGER NOT NULL, -- since 1970
  hash   TEXT NOT NULL,
  PRIMARY KEY (device, day, hash)
) STRICT, WITHOUT ROWID;

-- What came in one whose events could not be logged in the transaction that decrypted it, until they are.
CREATE TABLE journal (
  place     INTEGER PRIMARY KEY AUTOINCREMENT,
  device    TEXT NOT NULL,
  hash      TEXT NOT NULL,
  stanza    TEXT NOT NULL,
  plaintext BLOB NOT NULL,
  UNIQUE (device, hash)
) STRICT;

-- Devices whose rows stood in files of their own, `devices/<uid>.sqlite`, and were taken over.
CREATE TABLE merged (
  device TEXT PRIMARY KEY,
  at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Only new keys and keys that go are counted: a step of a ratchet writes over one.
CREATE TRIGGER usage_key_added AFTER INSERT ON signal_key BEGIN
  INSERT INTO usage VALUES (new.device, 'key_rows', 1) ON CONFLICT DO UPDATE SET amount = amount + 1;
END;
CREATE TRIGGER usage_key_removed AFTER DELETE ON signal_key BEGIN
  UPDATE usage SET amount = amount - 1 WHERE owner = old.device AND kind = 'key_rows';
END;
