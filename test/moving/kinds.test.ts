import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evolutionFiles } from "../../src/cli/import/evolution.ts";
import { folderFiles } from "../../src/cli/import/folder.ts";
import { needMovable } from "../../src/cli/import/movable.ts";
import { redisFiles } from "../../src/cli/import/redis.ts";
import { sealedFiles } from "../../src/cli/import/sealed.ts";
import { whatsmeowFilesOf } from "../../src/cli/import/whatsmeow.ts";
import type { SessionFiles } from "../../src/core/ports/moving.ts";
import { movedSession } from "../../src/whatsapp/moving/moved-session.ts";
import { refusal } from "../store/house.ts";

/**
 * The same device as each kind of server keeps it. The rows of whatsmeow are real (`from-whatsmeow.ts --keep`), and so are the files
 * of Baileys (`older.ts --keep`); WAHA, fazer and Evolution run Baileys, and here its files stand as theirs do: in `auth/`, as
 * fields of a hash by their plain names, and with the credentials as JSON in JSON apart from them.
 */
const home = mkdtempSync(join(tmpdir(), "merpati-kinds-"));
afterAll(() => rmSync(home, { recursive: true }));
const fixture = (name: string) => Bun.file(join(import.meta.dir, "fixtures", name)).json();
const baileys = (await fixture("baileys-6.7.24.json")) as Record<string, string>;
const all = { sessions: 5, sender_keys: 2, pre_keys: 6, app_state_keys: 1, names: 0, tokens: 0 };

function folder(name: string, files: SessionFiles): string {
  const path = join(home, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

const kept = (files: SessionFiles) => movedSession(files).report.kept;

test("WAHA: the folder of a session, whose files are in auth/", () => {
  folder("waha/auth", baileys);
  expect(kept(folderFiles(join(home, "waha")))).toEqual(all);
  expect(() => folderFiles(home)).toThrow("There is no creds.json");
});

// It named both alike; which of the two a name is, nothing tells.
test("Baileys 6: sessions and sender keys of people who go by LID are found where LIDs are looked for", () => {
  const { session = {}, "sender-key": sender = {} } = movedSession(baileys).vault.keys ?? {};
  expect(session["339173697602264_1.0"]).toEqual(session["339173697602264.0"] ?? "none");
  expect(session["150428831739083_1.1"]).toEqual(session["150428831739083.1"] ?? "none");
  const names = Object.keys(sender).filter((name) => name.includes("339173697602264"));
  expect(names.map((name) => name.replace(/^.*@g\.us/, ""))).toEqual([
    "::339173697602264::0",
    "::339173697602264_1::0",
  ]);
});

test("Baileys 7: its names stay as they are", () => {
  const seven = Object.entries(baileys).map(([name, text]) => [name.replace(/^(session-339\d+)\./, "$1_1."), text]);
  const { session = {} } = movedSession(Object.fromEntries(seven)).vault.keys ?? {};
  expect(Object.keys(session).filter((name) => name.includes("_"))).toEqual(["339173697602264_1.0"]);
});

test("fazer: the fields of a hash", async () => {
  const plain = Object.entries(baileys).map(([name, text]) => [
    name.replace(/\.json$/, "").replace(/^(sender-key-[^-]+@g\.us)--(.+)--(\d+)$/, "$1::$2::$3"),
    text,
  ]);
  const path = join(home, "hash.json");
  writeFileSync(path, JSON.stringify(Object.fromEntries(plain)));
  const files = await redisFiles(path);
  expect(kept(files)).toEqual(all);
  // The keys are where the other form puts them.
  expect(movedSession(files).vault.keys).toEqual(movedSession(baileys).vault.keys);
  writeFileSync(path, "{}");
  expect(await refusal(redisFiles(path))).toContain("holds no fields");
});

test("Evolution: credentials of the row, keys of the folder; without keys the account alone, and that is said", async () => {
  const { "creds.json": creds = "", ...keys } = baileys;
  const row = join(home, "row");
  writeFileSync(row, JSON.stringify(creds));
  const instance = folder("instances/1", keys);
  expect(kept(await evolutionFiles(instance, row))).toEqual(all);
  expect(await refusal(evolutionFiles(instance, undefined))).toContain("--credentials");
  const alone = movedSession(await evolutionFiles(join(home, "instances/2"), row));
  expect(alone.report.kept).toMatchObject({ sessions: 0, pre_keys: 0 });
  expect(alone.report.anew.map((each) => each.split(":")[0])).toEqual([
    "Sessions",
    "Pre-keys",
    "App-state keys",
    expect.stringContaining("Chats"),
  ]);
  // Numbers of pre-keys that others have are not given out again.
  const next = (json = "{}") => (JSON.parse(json) as { nextPreKeyId: number }).nextPreKeyId;
  expect(next(alone.vault.credentials)).toBeGreaterThan(next(creds) + 1_000);
});

test("whatsmeow: its SQLite file, with sessions and sender keys translated", async () => {
  const path = join(home, "whatsmeow.db");
  await whatsmeowStore(path, 1);
  const moved = movedSession(await whatsmeowFilesOf(path, undefined));
  expect(moved.report.kept).toMatchObject({ sessions: 2, sender_keys: 2, pre_keys: 3, app_state_keys: 1 });
  expect(moved.report.anew).toHaveLength(1);
  expect(moved.account).toMatchObject({ jid: "6281100000001@s.whatsapp.net", lid: expect.stringMatching(/@lid$/) });
});

test("whatsmeow: of several devices one is named, and another file is refused", async () => {
  const path = join(home, "two.db");
  await whatsmeowStore(path, 2);
  expect(await refusal(whatsmeowFilesOf(path, undefined))).toContain("has 2 devices: name one");
  expect(movedSession(await whatsmeowFilesOf(path, "6281100000001")).account.jid).toStartWith("6281100000001@");
  expect(await refusal(whatsmeowFilesOf(join(home, "absent.db"), undefined))).toContain("There is no");
  new Database(join(home, "other.db")).run("CREATE TABLE x (y)");
  expect(await refusal(whatsmeowFilesOf(join(home, "other.db"), undefined))).toContain("no store of whatsmeow");
});

test("what cannot be read is refused by its name", async () => {
  const absent = join(home, "absent");
  const inFolder = join(folder("odd/creds.json", {}), "..");
  const text = join(home, "text");
  writeFileSync(text, "no-json-but-a-passphrase");
  const half = join(home, "half.merpati");
  writeFileSync(half, JSON.stringify({ format: "merpati-device-1", salt: 5 }));
  const refusals = await Promise.all(
    [
      async () => folderFiles(inFolder),
      async () => folderFiles(text),
      () => redisFiles(absent),
      () => redisFiles(text),
      () => evolutionFiles(home, absent),
      () => evolutionFiles(text, text),
      () => sealedFiles(absent, text),
      () => sealedFiles(half, text),
    ].map((read) => refusal(read())),
  );
  expect(refusals).toEqual([
    expect.stringMatching(/^invalid: .*creds\.json cannot be read/),
    expect.stringMatching(/^invalid: There is no creds\.json in /),
    expect.stringMatching(/^invalid: .*absent cannot be read/),
    expect.stringMatching(/^invalid: .*text is no JSON/),
    expect.stringMatching(/^invalid: .*absent cannot be read/),
    expect.stringMatching(/^invalid: .*text is no folder/),
    expect.stringMatching(/^invalid: .*absent cannot be read/),
    expect.stringMatching(/^invalid: This is no file that/),
  ]);
});

test("more than the bot takes in at once is said before it is sent", () => {
  const filled = (bytes: number) => ({ x: "x".repeat(bytes) });
  const frame = JSON.stringify({ files: filled(0), stopped: true }).length;
  expect(() => needMovable(filled(16 * 2 ** 20 - frame))).not.toThrow();
  expect(() => needMovable(filled(16 * 2 ** 20 - frame + 1))).toThrow("16 MB");
});

type Value = string | number | boolean | null | { hex: string };

/** The rows of the fixture in tables of their names; further devices are the same with other numbers. */
async function whatsmeowStore(path: string, devices: number): Promise<void> {
  const tables = (await fixture("whatsmeow.json")) as Record<string, Record<string, Value>[]>;
  const db = new Database(path);
  for (const [table, rows] of Object.entries(tables)) {
    const columns = Object.keys(rows[0] ?? { their_jid: "", our_jid: "", token: "", timestamp: 0 });
    db.run(`CREATE TABLE ${table} (${columns.join(", ")})`);
    const copies = table === "whatsmeow_device" ? devices : 1;
    for (let copy = 0; copy < copies; copy++)
      for (const row of rows) {
        const values = columns.map((column) => {
          const value = row[column] ?? null;
          if (copy > 0 && column === "jid" && typeof value === "string") return value.replace("1:", `${copy + 1}:`);
          return typeof value === "object" && value !== null ? Buffer.from(value.hex, "hex") : value;
        });
        db.run(`INSERT INTO ${table} VALUES (${columns.map(() => "?").join(", ")})`, values);
      }
  }
  db.close();
}
