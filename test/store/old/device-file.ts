import { Database } from "bun:sqlite";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A device's own file, as versions before the one file made it. */
const schema = `
  CREATE TABLE owner (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL) STRICT;
  INSERT INTO owner VALUES (1, 3);
  CREATE TABLE credentials (one INTEGER PRIMARY KEY CHECK (one = 1), value TEXT NOT NULL) STRICT;
  CREATE TABLE signal_key (type TEXT NOT NULL, id TEXT NOT NULL, value ANY NOT NULL, PRIMARY KEY (type, id)) STRICT;
  CREATE TABLE seen (place INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, at INTEGER NOT NULL) STRICT;
  CREATE TABLE journal (place INTEGER PRIMARY KEY, stanza TEXT NOT NULL, plaintext BLOB NOT NULL) STRICT;
  PRAGMA user_version = 1;`;

/** With credentials that name it, a key of each kind, and two messages, the second of which no event was logged of. */
export function makeDeviceFile(dir: string, uid: string): string {
  mkdirSync(join(dir, "devices"), { recursive: true });
  const file = join(dir, "devices", `${uid}.sqlite`);
  const made = `${file}.made`;
  const db = new Database(made, { strict: true });
  db.run("PRAGMA journal_mode = WAL");
  db.run(schema);
  db.run("INSERT INTO credentials VALUES (1, ?)", [`creds of ${uid}`]);
  db.run("INSERT INTO signal_key VALUES ('session', 'a.0', ?), ('lid-mapping', 'b', '\"c\"')", [Buffer.from("record")]);
  db.run("INSERT INTO seen VALUES (1, 'told', 1000), (2, 'untold', 1000)");
  db.run("INSERT INTO journal VALUES (2, 'stanza', ?)", [Buffer.from("plain")]);
  // As after kill -9: most of it stands in the log.
  for (const suffix of ["", "-wal"]) copyFileSync(made + suffix, file + suffix);
  db.close();
  rmSync(made);
  return file;
}
