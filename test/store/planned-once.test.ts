import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { plannedOnce } from "../../src/store/sqlite/planned-once.ts";

const first = "SELECT place FROM said WHERE device = $device AND id > $id ORDER BY id LIMIT 1";

/** Processor time of many calls, milliseconds. */
function cost(db: Database, sql: string): number {
  const statement = db.prepare(sql);
  const call = (): unknown => statement.get({ device: "d", id: 5 });
  for (let warm = 0; warm < 500; warm++) call();
  const before = process.cpuUsage();
  for (let count = 0; count < 5_000; count++) call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test("a statement in order is planned once, where SQLite would plan it with each call", () => {
  const db = new Database(":memory:", { strict: true });
  db.run("CREATE TABLE said (place INTEGER PRIMARY KEY, device TEXT, id INTEGER)");
  db.run("CREATE INDEX said_id ON said (device, id)");
  db.run("INSERT INTO said (device, id) VALUES ('d', 5), ('d', 6), ('e', 7)");
  expect(db.prepare(plannedOnce(first)).get({ device: "d", id: 5 })).toEqual({ place: 2 });
  expect(cost(db, plannedOnce(first)) * 2).toBeLessThan(cost(db, first));
  db.close();
});

test("parameters alone are written otherwise, and only where it matters", () => {
  expect(plannedOnce("SELECT 1 FROM a JOIN b WHERE x = ?1 AND y = ? AND z = $z ORDER BY x")).toBe(
    "SELECT 1 FROM a JOIN b WHERE x = (SELECT ?1) AND y = (SELECT ?) AND z = (SELECT $z) ORDER BY x",
  );
  const quoted = "SELECT max(json_extract(a, '$.b')) FROM c WHERE d = 'it''s $e?' AND f";
  expect(plannedOnce(`${quoted} = $f`)).toBe(`${quoted} = (SELECT $f)`);
  for (const same of [
    "SELECT a FROM b WHERE c = ?",
    "SELECT a FROM b WHERE c = ? UNION SELECT d FROM e",
    "INSERT INTO a SELECT b FROM c JOIN d WHERE e = ? ORDER BY f",
  ])
    expect(plannedOnce(same)).toBe(same);
});
