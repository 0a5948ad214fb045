import { Courier } from "../../src/core/delivery/courier.ts";
import { silent } from "../log.ts";
import { Database } from "bun:sqlite";
import type { NewStoredMessage } from "../../src/core/ports/history.ts";
import { expect, test } from "bun:test";
import { cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deliveryStages } from "../../src/core/ports/deliveries.ts";
import { deliveryStates, messageStates } from "../../src/core/model/message/message.ts";
import { phases } from "../../src/core/model/phase.ts";
import { endpointStates } from "../../src/core/ports/endpoint.ts";
import { migrate, versionOf } from "../../src/store/sqlite/migrations.ts";
import { openStore } from "../../src/store/open.ts";
import { lockFolder } from "../../src/store/sqlite/lock.ts";
import words from "../../src/store/sqlite/schema/words-step.sql" with { type: "text" };
import schema from "../../src/store/sqlite/schema/bot.sql" with { type: "text" };
import searchSchema from "../../src/store/sqlite/schema/search.sql" with { type: "text" };
import { HandClock } from "../clock.ts";
import { device, folder, held, house, outgoing, raw, received, refusal } from "./house.ts";

const options = (dir: string) => ({ dir, clock: new HandClock(), targetsOf: () => [] });

test("a new folder has the home tenant and what was written is there again", async () => {
  const { store, dir } = await house();
  expect((await store.tenants.list()).map(({ id }) => id)).toEqual(["default"]);
  await store.devices.create(
    device("d1", { label: "shop", account: { jid: "1@s.whatsapp.net", lid: null, name: "A" } }),
  );
  await store.devices.update("d1", { wanted: "running", phase: "waiting", reason: "connection_lost", account: null });
  await store.close();
  const again = await openStore(options(dir));
  expect(await again.devices.list()).toEqual([
    device("d1", { label: "shop", wanted: "running", phase: "waiting", reason: "connection_lost" }),
  ]);
  expect(await refusal(again.devices.create(device("d2", { id: "d1" })))).toStartWith("conflict: ");
  await again.close();
});

test("a second process is told who holds the folder; kill -9 frees it", async () => {
  const dir = folder();
  const script = `
    const { openStore } = await import(${JSON.stringify(join(import.meta.dir, "../../src/store/open.ts"))});
    const clock = { now: () => 1, monotonic: () => 1, after: () => () => {} };
    await openStore({ dir: ${JSON.stringify(dir)}, clock, targetsOf: () => [] });
    console.log("open");
    for await (const _ of process.stdin); // lives as long as this test`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdin: "pipe", stdout: "pipe" });
  await child.stdout.getReader().read();
  const refused = await refusal(openStore(options(dir)));
  expect(refused).toStartWith(`unavailable: ${dir} is in use by another Merpati (process ${child.pid}).`);
  const beside = await openStore({ ...options(dir), exclusive: false });
  expect(await beside.devices.list()).toEqual([]);
  await beside.close();
  child.kill("SIGKILL");
  await child.exited;
  const free = await openStore(options(dir));
  expect(await refusal(openStore(options(dir)))).toStartWith("unavailable: ");
  await free.close();
});

test("a writer that is killed at any moment loses nothing it was told is written", async () => {
  const dir = folder();
  const house = JSON.stringify(join(import.meta.dir, "killed.ts"));
  let known = 0;
  for (const lines of [1, 40, 200]) {
    const child = Bun.spawn(
      [process.execPath, "-e", `process.argv[2] = ${JSON.stringify(dir)}; await import(${house})`],
      {
        stdout: "pipe",
      },
    );
    let told = "";
    for await (const chunk of child.stdout) {
      told += new TextDecoder().decode(chunk);
      if (told.split("\n").length > lines) child.kill("SIGKILL");
    }
    await child.exited;
    known = Math.max(known, ...told.split("\n").slice(0, -1).map(Number));
    const store = await openStore(options(dir));
    const log = await store.ledger.after("d1", 0, 100_000);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
    expect(log.length).toBeGreaterThanOrEqual(known);
    const vault = await store.vaults.open(await store.devices.hold("d1", new AbortController().signal));
    expect(Number(await vault.credentials())).toBeGreaterThanOrEqual(known);
    await vault.close();
    await store.close();
  }
});

test("a damaged database stops the start and is left as it is", async () => {
  const { store, dir } = await house();
  const hold = await held(store);
  await store.ledger.record(hold, { events: Array.from({ length: 200 }, (_, n) => received("a", `text ${n}`)) });
  await store.close();
  const file = join(dir, "merpati.sqlite");
  const bytes = await Bun.file(file).bytes();
  bytes.fill(0x5a, 8192, 8192 + 4096);
  await Bun.write(file, bytes);
  expect(await refusal(openStore(options(dir)))).toMatch(/^unavailable: .*merpati.sqlite is damaged/);
  expect(await Bun.file(file).bytes()).toEqual(bytes);
});

/** A folder as a killed process leaves it, with a file of 8 MB, of which a page may be damaged. */
async function killed(damage: boolean): Promise<string> {
  const { store, dir } = await house();
  const hold = await held(store);
  const events = Array.from({ length: 8 }, () => received("a", "x".repeat(1_000_000)));
  await store.ledger.record(hold, { events });
  const left = folder();
  for (const file of readdirSync(dir))
    if (file !== "lock") cpSync(join(dir, file), join(left, file), { recursive: true });
  const file = join(left, "merpati.sqlite");
  const db = new Database(file);
  db.run("PRAGMA wal_checkpoint(TRUNCATE)"); // brings the log into the file
  db.close();
  await Bun.write(`${file}-wal`, "");
  const bytes = await Bun.file(file).bytes();
  expect(bytes.length).toBeGreaterThan(8_000_000);
  if (damage) bytes.fill(0x5a, bytes.length - 8192, bytes.length - 4096);
  await Bun.write(file, bytes);
  return left;
}

test("a large file that nobody closed is read beside the running bot, and damage makes it not ready", async () => {
  const { store } = await house({ dir: await killed(true) });
  await store.probe();
  expect(await refusal(store.check())).toBe(
    "unavailable: merpati.sqlite is damaged. Stop Merpati and put back a backup of it.",
  );
  expect(await refusal(store.probe())).toContain("is damaged");
  const { store: whole } = await house({ dir: await killed(false) });
  await whole.check();
  await whole.probe();
});

test("a large file that was closed is not read from end to end", async () => {
  const dir = await killed(true);
  const first = await openStore(options(dir));
  await first.close();
  expect(existsSync(join(dir, "merpati.sqlite-wal"))).toBe(false);
  const { store } = await house({ dir });
  await store.check();
  await store.probe();
});

test("a newer schema is refused and not touched", async () => {
  const { store, dir } = await house();
  await store.close();
  const db = raw(dir);
  db.run("PRAGMA user_version = 99");
  expect(await refusal(openStore(options(dir)))).toMatch(/^unavailable: .*newer Merpati \(schema 99/);
  expect(versionOf(db)).toBe(99);
});

test("steps run from where a file is, each whole or not at all", () => {
  const db = raw(folder(), "steps.sqlite");
  const name = "steps.sqlite";
  migrate(db, { name, latest: "CREATE TABLE a (x)", steps: [] });
  const steps = ["ALTER TABLE a ADD COLUMN y", "ALTER TABLE a ADD COLUMN z; SELECT broken"];
  expect(() => migrate(db, { name, latest: "", steps })).toThrow();
  expect(versionOf(db)).toBe(2);
  migrate(db, { name, latest: "", steps: steps.map((step) => step.replace("SELECT broken", "")) });
  expect(versionOf(db)).toBe(3);
  expect(db.query("SELECT name FROM pragma_table_info('a')").values()).toEqual([["x"], ["y"], ["z"]]);
});

/** The words of a CHECK in the schema. */
function listed(column: string, table: string): string[] {
  const body = new RegExp(`CREATE TABLE ${table} \\(.*?STRICT`, "s").exec(schema)?.[0] ?? "";
  const list = new RegExp(`CHECK \\(${column} IN \\(([^)]*)\\)`).exec(body)?.[1] ?? "";
  return [...list.matchAll(/'(\w+)'/g)].map(([, word]) => word ?? "");
}

test("the closed lists of the schema are those of the core", () => {
  expect(listed("phase", "device")).toEqual([...phases]);
  expect(listed("state", "message")).toEqual([...messageStates]);
  expect(listed("delivery", "message")).toEqual([...deliveryStates]);
  expect(listed("stage", "delivery")).toEqual([...deliveryStages]);
  expect(listed("state", "endpoint")).toEqual([...endpointStates]);
});

test("a full disk refuses an event with its deliveries and goes on when there is room", async () => {
  const { store } = await house({ maxPages: 130, targetsOf: () => ["webhook:w"] });
  const hold = await held(store);
  const big = "x".repeat(30_000);
  let written = 0;
  const fill = async () => {
    for (;;) {
      await store.ledger.record(hold, { events: [received("a", big)] });
      written += 1;
    }
  };
  expect(await refusal(fill())).toMatch(/^unavailable: .*disk is full/);
  expect(written).toBeGreaterThan(0);
  expect(await store.ledger.after("d1", 0, 100)).toHaveLength(written);
  expect((await store.devices.list())[0]?.id).toBe("d1");
});

const swap = (text: string, [one, other]: readonly [string, string]) =>
  text.replaceAll(one, "\0").replaceAll(other, one).replaceAll("\0", other);

/** Version 22 did not know of a bulk whether somebody may get two of its messages. */
const version22 = `
  ALTER TABLE bulk DROP COLUMN once;
  PRAGMA user_version = 22;`;

/** Version 21 wrote the search index with each message. */
const version21 = `
  ${version22}
  ${/CREATE TRIGGER said_added.*?END;/s.exec(searchSchema)?.[0]}
  PRAGMA user_version = 21;`;

/** Version 20 told messages that have labels apart by their ids alone. */
const version20 = `
  ${version21}
  CREATE TABLE label_use_of_ids (device TEXT NOT NULL, label TEXT NOT NULL, chat TEXT NOT NULL, message TEXT NOT NULL,
    PRIMARY KEY (device, label, chat, message)) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO label_use_of_ids SELECT device, label, chat, message FROM label_use;
  DROP TABLE label_use;
  ALTER TABLE label_use_of_ids RENAME TO label_use;
  CREATE INDEX label_chat ON label_use (device, chat);
  PRAGMA user_version = 20;`;

/** Version 18 had no groups of devices. */
const version18 = `
  ${version20}
  ALTER TABLE device DROP COLUMN device_group;
  ALTER TABLE endpoint DROP COLUMN device_groups;
  PRAGMA user_version = 18;`;

/** Version 17 gave links to all. */
const version17 = `
  ${version18}
  ALTER TABLE tenant DROP COLUMN media_links;
  PRAGMA user_version = 17;`;

/** Version 16 kept what every tenant has for as long. */
const version16 = `
  ${version17}
  DROP TABLE lifetime;
  DROP TABLE pruned_device;
  PRAGMA user_version = 16;`;

/** Version 15 knew no proxies. */
const version15 = `
  ${version16}
  DROP TRIGGER proxy_of_device; DROP TRIGGER proxy_of_tenant; DROP TABLE proxy;
  PRAGMA user_version = 15;`;

/** Version 14 told each event alone. */
const version14 = `
  ${version15}
  ALTER TABLE endpoint DROP COLUMN batch; ALTER TABLE endpoint DROP COLUMN burst;
  ALTER TABLE endpoint DROP COLUMN inline_kb; ALTER TABLE endpoint DROP COLUMN chats;
  PRAGMA user_version = 14;`;

/** Version 13 sealed nothing. */
const version13 = `
  ${version14}
  DROP TABLE seal;
  DROP TABLE seal_session;
  PRAGMA user_version = 13;`;

/** Version 12 told no webhook of messages as WhatsApp has them. */
const version12 = `
  ${version13}
  ALTER TABLE endpoint DROP COLUMN raw;
  PRAGMA user_version = 12;`;

/** Version 11 knew no stamps. */
const version11 = `
  ${version12}
  DROP TABLE stamp;
  PRAGMA user_version = 11;`;

/** Version 10 sent nothing that a webhook answered. */
const version10 = `
  ${version11}
  ALTER TABLE endpoint DROP COLUMN replies;
  PRAGMA user_version = 10;`;

/** People of version 9: contacts with their names, and no more. */
const version9 = `
  ${version10}
  DROP TABLE person; DROP TABLE person_name; DROP TABLE person_move; DROP TABLE early_change;
  ALTER TABLE said DROP COLUMN wire_chat; ALTER TABLE said DROP COLUMN wire_sender;
  CREATE UNIQUE INDEX contact_phone ON contact (device, phone) WHERE phone IS NOT NULL;
  CREATE UNIQUE INDEX contact_lid ON contact (device, lid) WHERE lid IS NOT NULL;
  PRAGMA user_version = 9;`;

/** The index of version 8. */
const version8 = `
  ${version9}
  DROP INDEX message_settled; CREATE INDEX message_updated ON message (updated_at);
  PRAGMA user_version = 8;`;

/** Version 7 kept the keys of each device in a file of its own. */
const version7 = `
  ${version8}
  DROP TABLE credentials; DROP TABLE signal_key; DROP TABLE seen; DROP TABLE journal; DROP TABLE merged;
  PRAGMA user_version = 7;`;

/** Version 6: a delivery is a row from its beginning to its end. */
const version6 = `
  ${version7}
  DROP TRIGGER IF EXISTS usage_event_added; DROP TRIGGER IF EXISTS usage_event_removed;
  INSERT INTO delivery (event, target, lane, stage, due_at)
    SELECT place, substr(owed, 2, length(owed) - 2), device || '/' || chat,
      iif(row_number() OVER (PARTITION BY chat ORDER BY place) = 1, 'due', 'blocked'), 0
    FROM event WHERE owed IS NOT NULL;
  DROP INDEX delivery_waiting; ALTER TABLE event DROP COLUMN owed; DROP TABLE cursor; DROP TABLE delivered;
  CREATE TRIGGER usage_event_added AFTER INSERT ON event BEGIN
    INSERT INTO usage VALUES (new.tenant, 'event_bytes', 475 + length(new.data))
      ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;
  END;
  CREATE TRIGGER usage_event_removed AFTER DELETE ON event BEGIN
    UPDATE usage SET amount = amount - 475 - length(old.data) WHERE owner = old.tenant AND kind = 'event_bytes';
  END;
  PRAGMA user_version = 6;`;

/** The search index of version 5: words carry their device only. */
const version5 = `
  ${version6}
  DROP INDEX said_device; DROP TRIGGER said_added; DROP TRIGGER said_removed; DROP TRIGGER said_changed;
  DROP TABLE said_words;
  CREATE VIRTUAL TABLE said_words USING fts5 (words, content = 'said', content_rowid = 'place');
  CREATE TRIGGER said_added AFTER INSERT ON said WHEN new.words <> '' BEGIN
    INSERT INTO said_words (rowid, words) VALUES (new.place, new.device || new.words);
  END;
  CREATE TRIGGER said_removed AFTER DELETE ON said BEGIN SELECT 1; END;
  CREATE TRIGGER said_changed AFTER UPDATE OF words ON said BEGIN SELECT 1; END;
  PRAGMA user_version = 5;`;

/** The keys of version 4. */
const version4 = `
  ${version5}
  DROP TABLE dashboard_session; DROP TABLE api_key;
  CREATE TABLE api_key (id TEXT PRIMARY KEY, tenant TEXT REFERENCES tenant (id) ON DELETE CASCADE, name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER,
    revoked_at INTEGER) STRICT;
  INSERT INTO tenant (id, name, created_at) VALUES ('acme', 'Acme', 1);
  INSERT INTO api_key VALUES
    ('k1', NULL, 'everything', 'h1', '["read","send","manage"]', 1, NULL, NULL),
    ('k2', NULL, 'shop', 'h2', '["read","send"]', 2, NULL, NULL),
    ('k3', 'acme', 'theirs', 'h3', '["read","send","manage"]', 3, NULL, NULL),
    ('k4', NULL, 'gone', 'h4', '["manage","read","send"]', 4, NULL, 5);`;

/** The step from version 2 to 3, the other way round. */
const version2 = `${version4}${(
  [
    ["'blocked'", "'behind'"],
    ["webhook.dead_lettered", "webhook.buried"],
    ["$disabled", "$banished"],
  ] as const
).reduce(swap, words)};
  PRAGMA user_version = 2`;

/** What versions 2 and 3 changed, taken back. */
const older = `
  ${version2};
  DROP TRIGGER usage_event_added; DROP TRIGGER usage_event_removed;
  DROP TABLE usage; DROP TABLE pruned_tenant; DROP TABLE bulk_part;
  ALTER TABLE tenant DROP COLUMN limits; ALTER TABLE audit DROP COLUMN count; ALTER TABLE audit DROP COLUMN last_at;
  ALTER TABLE bulk DROP COLUMN content; ALTER TABLE bulk DROP COLUMN context;
  ALTER TABLE device DROP COLUMN unlinked;
  PRAGMA user_version = 1`;

test("a file of version 1 is brought up to date, and what it holds is counted", async () => {
  const dir = folder();
  const first = await openStore(options(dir));
  const hold = await held(first);
  await first.ledger.record(hold, { events: [received("x", "1")] });
  await first.messages.queue("d1", outgoing("a"));
  const before = await first.usage.of("default");
  await first.close();
  const db = new Database(join(dir, "merpati.sqlite"));
  db.run("UPDATE said SET words = 'Hello, (world)! an_apple'");
  const triggers = db.query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE name LIKE 'usage_%'").all();
  for (const { name } of triggers) db.run(`DROP TRIGGER ${name}`);
  db.run(older);
  rmSync(join(dir, "stamp.json"));
  db.close();
  const { store } = await house({ dir });
  expect(await store.usage.of("default")).toEqual(before);
  expect(before).toMatchObject({ queued_messages: 1, event_bytes: expect.any(Number) });
  await store.messages.queue("d1", outgoing("b"));
  expect((await store.usage.of("default")).queued_messages).toBe(2);
  expect((await store.tenants.get("default"))?.limits).toEqual({});
  // No key without a tenant is left: with every scope it is an admin key, with fewer it is bound by them.
  expect((await store.keys.list()).map(({ id, tenant, scopes }) => [id, tenant, ...scopes])).toEqual([
    ["k1", "default", "read", "send", "manage", "admin"],
    ["k2", "default", "read", "send"],
    ["k3", "acme", "read", "send", "manage"],
    ["k4", "default", "manage", "read", "send", "admin"],
  ]);
  expect((await store.keys.takeUpdated()).map(({ name }) => name)).toEqual(["everything", "shop"]);
  expect(await store.keys.takeUpdated()).toEqual([]);
});

test("deliveries of version 6 that were open go on as they stood, and new ones behind the cursor", async () => {
  const dir = folder();
  const targetsOf = () => ["webhook:w"] as const;
  const first = await openStore({ ...options(dir), targetsOf });
  const hold = await held(first);
  await first.ledger.record(hold, { events: ["1", "2", "3"].map((text) => received("x", text)) });
  await first.close();
  const db = new Database(join(dir, "merpati.sqlite"));
  db.run(version6);
  rmSync(join(dir, "stamp.json"));
  db.run("UPDATE delivery SET stage = 'delivered', settled_at = 1 WHERE event = 1");
  db.run("UPDATE delivery SET stage = 'running', attempts = 1 WHERE event = 2");
  db.close();
  const { store, clock } = await house({ dir, targetsOf });
  const again = await store.devices.hold("d1", new AbortController().signal);
  await store.ledger.record(again, { events: [received("x", "4")] });
  const seen: string[] = [];
  const courier = new Courier({ deliveries: store.deliveries, clock, log: silent });
  courier.add("webhook:w", async ({ data }, { number }) => {
    seen.push(`${(data as { content: { text: string } }).content.text} at attempt ${number}`);
    return { ok: true };
  });
  await courier.start();
  await courier.idle();
  expect(seen).toEqual(["2 at attempt 2", "3 at attempt 1", "4 at attempt 1"]);
  const query = { target: "webhook:w", stages: null, types: null, devices: null, since: 0, until: 1e15 } as const;
  const found = await store.deliveryLog.list({ ...query, before: null, limit: 9 });
  expect(found.map(({ stage, attempts }) => [stage, attempts])).toEqual([
    ["delivered", 1],
    ["delivered", 1],
    ["delivered", 2],
    ["delivered", 0],
  ]);
  await courier.stop(0);
});

const [pn, lid] = ["628123456789@s.whatsapp.net", "84729104638201@lid"];

/** A folder of version 9: somebody with two chats, by number and by LID, who is one contact. */
async function ofVersion9(): Promise<string> {
  const dir = folder();
  const first = await openStore(options(dir));
  const hold = await held(first);
  const said = (id: string, chat: string) => ({
    type: "said" as const,
    said: {
      id,
      chat,
      sender: chat,
      fromMe: false,
      pushName: null,
      at: 1_000,
      content: { kind: "text", text: id },
      context: {},
      wire: new Uint8Array(),
    } as NewStoredMessage,
  });
  const history = Array.from({ length: 2_500 }, (_, place) => said(`M${place}`, place % 2 ? pn : lid));
  await first.ledger.record(hold, { events: [], history });
  await first.messages.queue("d1", outgoing("late", { chat: lid }));
  await first.close();
  const db = new Database(join(dir, "merpati.sqlite"));
  db.run(version9);
  rmSync(join(dir, "stamp.json"));
  db.run(`INSERT INTO contact VALUES ('d1', '${pn}', '628123456789', '${lid}', NULL, 'Ann')`);
  db.close();
  return dir;
}

/** Opens the folder, where all is found by either name, and moves a slice. Resolves to whether more is left. */
async function onePerson(dir: string): Promise<boolean> {
  const store = await openStore(options(dir));
  const more = await store.persons.tidy();
  for (const chat of [pn, lid]) {
    expect((await store.history.page("d1", { chat, search: null, before: null, limit: 3_000 })).length).toBe(2_500);
    expect((await store.history.find("d1", { chat, author: lid, id: "M0" }))?.id).toBe("M0");
  }
  expect((await store.history.chats("d1", { after: null, limit: 9 })).map(({ jid }) => jid)).toEqual([pn]);
  expect((await store.messages.unsent("d1", pn, 9)).map(({ id }) => id)).toEqual(["late"]);
  expect(await store.persons.find("d1", lid)).toMatchObject({ jid: pn, phone: "628123456789", lid });
  await store.close();
  return more;
}

function expectMoved(dir: string): void {
  const db = new Database(join(dir, "merpati.sqlite"));
  expect(db.query("SELECT DISTINCT chat, sender FROM said").values()).toEqual([[pn, pn]]);
  expect(db.query("SELECT count(*) AS n FROM person_move").values()).toEqual([[0]]);
  db.close();
}

test("a file of version 9 has each person once, with one chat, while it is moved in slices", async () => {
  const dir = await ofVersion9();
  while (await onePerson(dir));
  expectMoved(dir);
});

test("kill -9 in the midst of it, wherever that is, loses and doubles nothing", async () => {
  const base = await ofVersion9();
  const script = join(import.meta.dir, "people-killed.ts");
  const killed: string[] = [];
  // By its parent while it opens and migrates, then by itself in one transaction after the other.
  for (let nth = -2, isKilled = true; isKilled; nth++) {
    const dir = folder();
    cpSync(base, dir, { recursive: true });
    const child = Bun.spawn([process.execPath, script, dir, String(nth)], { stdout: "pipe" });
    await child.stdout.getReader().read();
    if (nth < 0) child.kill("SIGKILL");
    await child.exited;
    isKilled = child.signalCode === "SIGKILL";
    if (isKilled) killed.push(dir);
  }
  // The stamp, the first tenant, two slices and what is written at their end.
  expect(killed.length).toBeGreaterThan(4);
  for (const dir of killed) {
    while (await onePerson(dir));
    expectMoved(dir);
  }
}, 30_000);

test("a file of version 2 speaks of deliveries in the words of version 3, and loses none", async () => {
  const dir = folder();
  const first = await openStore({ ...options(dir), targetsOf: () => ["webhook:w"] });
  const hold = await held(first);
  await first.ledger.record(hold, { events: [received("x", "1"), received("x", "2")] });
  await first.pluginData.set("p", "$disabled", "three faults");
  await first.close();
  const db = new Database(join(dir, "merpati.sqlite"));
  const shape = () =>
    db.query<{ name: string }, []>("SELECT type, name, tbl_name FROM sqlite_master ORDER BY type, name").all();
  const before = shape();
  db.run(version2);
  rmSync(join(dir, "stamp.json"));
  expect(db.query("SELECT stage FROM delivery ORDER BY event").values()).toEqual([["due"], ["behind"]]);
  expect(() => db.run("UPDATE delivery SET stage = 'blocked'")).toThrow("CHECK");
  const { store } = await house({ dir });
  const query = { target: "webhook:w", stages: null, types: null, devices: null, since: 0, until: 1e15 } as const;
  const found = await store.deliveryLog.list({ ...query, before: null, limit: 9 });
  expect(found.map(({ stage }) => stage)).toEqual(["blocked", "due"]);
  expect(await store.pluginData.get("p", "$disabled")).toBe("three faults");
  await store.close();
  expect(shape()).toEqual(before);
  expect(db.query("PRAGMA foreign_key_check").all()).toEqual([]);
  db.close();
});

test("a label of version 20 is whoever's has the id", async () => {
  const dir = folder();
  const { store: first } = await house({ dir });
  const message = { author: "me", id: "A" };
  const labelled = { type: "labelled", label: "1", chat: "1@g.us", message, labelled: true } as const;
  await first.ledger.record(await held(first), { events: [], history: [labelled] });
  await first.close();
  const db = new Database(join(dir, "merpati.sqlite"));
  const shape = () => db.query("SELECT type, name, sql FROM sqlite_master WHERE name LIKE 'label%'").all().length;
  const before = shape();
  db.run(version20);
  const { store } = await house({ dir });
  expect((await store.labels.uses("d1", "1")).messages).toEqual([{ chat: "1@g.us", author: null, id: "A" }]);
  await store.close();
  expect(shape()).toBe(before);
  db.close();
});

test("a folder that cannot be written is not said to be in use", () => {
  const file = join(folder(), "a-file");
  writeFileSync(file, "");
  expect(() => lockFolder(join(file, "sessions"))).toThrow(/cannot be written \((ENOTDIR|EEXIST)\)/);
  expect(() => lockFolder(file)).toThrow("cannot be written");
});

/** Resolves when it holds, looked at in each turn of the event loop. */
async function turnedUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((go) => setImmediate(go));
}

test("the lock is held anew when somebody deletes its file, and puts another process there", async () => {
  const dir = folder();
  const unlock = lockFolder(dir, { look: 5 });
  for (const put of [() => {}, () => writeFileSync(join(dir, "lock"), "")]) {
    rmSync(join(dir, "lock"));
    put();
    await turnedUntil(() => existsSync(join(dir, "lock")) && statSync(join(dir, "lock")).size > 0);
    expect(() => lockFolder(dir)).toThrow(`is in use by another Merpati (process ${process.pid})`);
  }
  unlock();
  lockFolder(dir)();
});

test("who was slower than another process hears that the folder is not his any more", async () => {
  const dir = folder();
  const lost: string[] = [];
  const unlock = lockFolder(dir, { look: 5, lost: ({ message }) => lost.push(message) });
  rmSync(join(dir, "lock"));
  const other = lockFolder(dir);
  await turnedUntil(() => lost.length > 0);
  expect(lost).toEqual([expect.stringContaining("is in use by another Merpati")]);
  unlock();
  expect(() => lockFolder(dir)).toThrow("in use");
  other();
});
