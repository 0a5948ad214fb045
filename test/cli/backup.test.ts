import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealed, unsealed } from "../../src/cli/backup/seal.ts";
import { is } from "../../src/core/model/events/events.ts";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { systemClock } from "../../src/composition/system.ts";
import { openStore } from "../../src/store/open.ts";
import { lockBackups } from "../../src/store/sqlite/lock.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { linesOf } from "../lines.ts";
import { BucketServer } from "./bucket-server.ts";
import { merpati, ran } from "./merpati.ts";

/** What the command line needs to know of the simulated WhatsApp; the folder of backups is beside the data. */
const settings = <More extends Record<string, string>>(bot: TestBot, more: More) => ({
  BACKUP_TO: join(bot.folder, "..", `${bot.folder.split("/").at(-1)}-backups`),
  ...more,
});

async function talk(bot: TestBot, count: number, word: string): Promise<void> {
  const ann = bot.contact();
  for (let number = 0; number < count; number++) {
    const { id } = await ann.says(`${word} in ${number}`, { to: bot.phone });
    await bot.next("message.received", ({ data }) => data.id === id);
    await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: `${word} out ${number}` } });
    await ann.hears(`${word} out ${number}`);
  }
}

test("backup while it runs, more messages, restore: still linked, the history there, everything readable both ways", async () => {
  await using bot = await startBot();
  await bot.link();
  await talk(bot, 5, "before");
  const { group } = await bot.device.groups.create("Friends", [bot.contact().jid]);
  const say = async (text: string) => {
    await bot.device.outbox.send({ to: group.id, content: { kind: "text", text } });
    await bot.contact().hears(text);
  };
  await say("group before");
  const env = settings(bot, {});
  const run = (...args: string[]) => ran(bot.folder, ["backup", ...args], env);
  const made = await run("create");
  expect(made).toMatchObject({ err: expect.any(String), exit: 0, out: expect.stringMatching(/^Backup \S+ is in /) });
  expect((await run("list")).out).toMatch(/^\S+Z-\w{4} {2}[\d.]+ \w+ {2}1 linked devices {2}merpati /);
  expect((await run("verify")).out).toContain("is whole:");
  // The ratchets go on after the copy.
  await talk(bot, 3, "after");
  await say("group after");
  await bot.stop();
  for (const name of readdirSync(bot.folder))
    if (name !== "authority.pem") rmSync(join(bot.folder, name), { recursive: true });
  rmSync(join(bot.folder, "authority.pem"));
  const restored = await run("restore");
  expect([restored.exit, restored.out]).toEqual([0, expect.stringContaining("Its WhatsApp sessions begin anew")]);
  await bot.start();
  await bot.until(() => bot.device.status().phase === "connected", "the restored device to connect");
  const found = await bot.device.chatHistory.messages({ chat: null, search: "before in 3", before: null, limit: 5 });
  expect(found.length).toBeGreaterThan(0);
  await talk(bot, 50, "restored");
  await say("group restored");
  // Who went on with a ratchet that the copy has not got is asked once to send that message again.
  const unread = bot.events.flatMap((event) => (is(event, "message.undecryptable") ? [event.data.id] : []));
  expect(unread.length).toBeLessThanOrEqual(1);
  const read = new Set(bot.events.flatMap((event) => (is(event, "message.received") ? [event.data.id] : [])));
  expect(unread.filter((id) => !read.has(id))).toEqual([]);
  bot.sim.assertNoProblems();
  rmSync(env.BACKUP_TO, { recursive: true });
}, 120_000);

test("restored with nothing said since, every message is read at once", async () => {
  await using bot = await startBot();
  await bot.link();
  await talk(bot, 5, "before");
  const env = settings(bot, {});
  expect((await ran(bot.folder, ["backup", "create"], env)).exit).toBe(0);
  await bot.stop();
  for (const name of readdirSync(bot.folder)) rmSync(join(bot.folder, name), { recursive: true });
  expect((await ran(bot.folder, ["backup", "restore"], env)).exit).toBe(0);
  await bot.start();
  await talk(bot, 20, "restored");
  expect(bot.events.filter(({ type }) => type === "message.undecryptable")).toEqual([]);
  rmSync(env.BACKUP_TO, { recursive: true });
}, 60_000);

test("a sealed backup opens with its key alone, and shows nothing without it", async () => {
  await using bot = await startBot();
  await bot.link();
  await talk(bot, 1, "a secret word");
  const env = settings(bot, { BACKUP_KEY_FILE: join(bot.folder, "backup.key") });
  const run = (...args: string[]) => ran(bot.folder, ["backup", ...args], env);
  expect((await run("create")).err).toContain("BACKUP_KEY_FILE");
  expect((await run("key", env.BACKUP_KEY_FILE)).exit).toBe(0);
  expect((await run("key", env.BACKUP_KEY_FILE)).err).toContain("exists already");
  expect((await run("create")).exit).toBe(0);
  const [id = ""] = readdirSync(join(env.BACKUP_TO, "backups"));
  const database = readFileSync(join(env.BACKUP_TO, "backups", id, "merpati.sqlite.gz"));
  expect([database.subarray(0, 4).toString(), database.includes("SQLite")]).toEqual(["MPB1", false]);
  expect((await ran(bot.folder, ["backup", "verify"], { BACKUP_TO: env.BACKUP_TO })).err).toContain(
    "This backup is sealed",
  );
  expect((await run("verify")).out).toContain("is whole");
  rmSync(env.BACKUP_KEY_FILE);
  await run("key", env.BACKUP_KEY_FILE);
  expect((await run("verify")).err).toContain("does not fit BACKUP_KEY_FILE");
  rmSync(env.BACKUP_TO, { recursive: true });
}, 60_000);

test("a changed, a cut off and a missing file are noticed, and nothing is restored", async () => {
  await using bot = await startBot();
  await bot.link();
  const env = settings(bot, {});
  const run = (...args: string[]) => ran(bot.folder, ["backup", ...args], env);
  await run("create");
  const [id = ""] = readdirSync(join(env.BACKUP_TO, "backups"));
  const file = join(env.BACKUP_TO, "backups", id, "merpati.sqlite.gz");
  const whole = readFileSync(file);
  const elsewhere = join(bot.folder, "elsewhere");
  const changes: [string, () => void][] = [
    ["is not what was backed up", () => writeFileSync(file, Buffer.from(whole).fill(7, 2_000, 2_004))],
    ["is not what was backed up", () => writeFileSync(file, whole.subarray(0, -100))],
    ["is missing", () => rmSync(file)],
  ];
  for (const [sentence, change] of changes) {
    change();
    for (const args of [["verify"], ["restore", `--to=${elsewhere}`]]) {
      const { err, exit } = await run(...args);
      expect([exit, err]).toEqual([1, expect.stringContaining(sentence)]);
    }
    writeFileSync(file, whole);
  }
  expect([existsSync(elsewhere), existsSync(`${elsewhere}.restoring`)]).toEqual([false, false]);
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "mine"), "");
  expect((await run("restore", `--to=${elsewhere}`)).err).toContain("is not empty: move it away first");
  rmSync(env.BACKUP_TO, { recursive: true });
}, 60_000);

test("ended in the middle, a backup is none and a restore makes no folder", async () => {
  await using bot = await startBot();
  await bot.link();
  const env = settings(bot, {});
  // Large enough that a kill falls into it. The bot is stopped: a commit of its turn could hold the lock of this thread's own write.
  await bot.stop();
  const db = new Database(join(bot.folder, "merpati.sqlite"));
  db.run("CREATE TABLE ballast (bytes BLOB)");
  for (let row = 0; row < 40; row++) db.run("INSERT INTO ballast VALUES (randomblob(1000000))");
  db.close();
  await bot.start();
  const killed = async (args: string[], begun: () => boolean) => {
    const child = merpati(bot.folder, ["backup", ...args], env);
    while (!begun() && child.exitCode === null) await fetch(`${bot.url}/health/live`);
    child.kill("SIGKILL");
    await child.exited;
  };
  const ids = () => (existsSync(join(env.BACKUP_TO, "backups")) ? readdirSync(join(env.BACKUP_TO, "backups")) : []);
  await killed(["create"], () => existsSync(join(bot.folder, "backup-work", "merpati.sqlite")));
  await killed(["create"], () => ids().length > 0);
  expect((await ran(bot.folder, ["backup", "list"], env)).out).toStartWith("There is no backup in");
  expect((await ran(bot.folder, ["backup", "create"], env)).exit).toBe(0);
  const elsewhere = join(bot.folder, "elsewhere");
  await killed(["restore", `--to=${elsewhere}`], () => existsSync(`${elsewhere}.restoring`));
  expect(existsSync(elsewhere)).toBe(false);
  expect((await ran(bot.folder, ["backup", "restore", `--to=${elsewhere}`], env)).exit).toBe(0);
  expect([existsSync(join(elsewhere, "merpati.sqlite")), existsSync(`${elsewhere}.restoring`)]).toEqual([true, false]);
  rmSync(env.BACKUP_TO, { recursive: true });
}, 120_000);

test("the last N are kept, and a picture lies there once", async () => {
  await using bot = await startBot();
  await bot.link();
  const env = settings(bot, { BACKUP_KEEP: "2" });
  await bot.device.upload({ bytes: new Blob(["a file"]).stream(), name: "a.txt", header: "text/plain" });
  for (let turn = 0; turn < 4; turn++) expect((await ran(bot.folder, ["backup", "create"], env)).exit).toBe(0);
  expect(readdirSync(join(env.BACKUP_TO, "backups"))).toHaveLength(2);
  const media = readdirSync(join(env.BACKUP_TO, "media"), { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  expect(media).toHaveLength(1);
  rmSync(env.BACKUP_TO, { recursive: true });
}, 60_000);

test("one backup at a time, and no bot in the place of another's backups", async () => {
  await using bot = await startBot();
  await bot.link();
  const env = settings(bot, {});
  const run = (folder: string) => ran(folder, ["backup", "create"], env);
  const unlock = lockBackups(bot.folder);
  expect((await run(bot.folder)).err).toContain(`is being made already (process ${process.pid}): wait for it.`);
  unlock();
  expect((await run(bot.folder)).exit).toBe(0);
  const [id = ""] = readdirSync(join(env.BACKUP_TO, "backups"));
  const { position } = JSON.parse(readFileSync(join(env.BACKUP_TO, "backups", id, "manifest.json"), "utf8"));
  const seq = bot.events.findLast((event) => event.seq !== null)?.seq;
  expect(position.devices).toEqual([{ tenant: "default", id: "default", isLinked: true, seq }]);
  // A bot that begins anew would let the backups of the one that was lost go, one after the other.
  const other = join(bot.folder, "other");
  await (await openStore({ dir: other, clock: systemClock, targetsOf: () => [] })).close();
  expect((await run(other)).err).toContain("holds backups of another bot: give this one a place of its own");
  rmSync(env.BACKUP_TO, { recursive: true });
}, 60_000);

test("to a bucket and back", async () => {
  await using bot = await startBot();
  await bot.link();
  await talk(bot, 1, "bucket");
  const server = new BucketServer();
  const env = {
    BACKUP_TO: "s3://bucket/merpati",
    S3_ENDPOINT: server.url,
    S3_ACCESS_KEY_ID: "key",
    S3_SECRET_ACCESS_KEY_FILE: join(bot.folder, "s3.key"),
    BACKUP_KEEP: "1",
  };
  writeFileSync(env.S3_SECRET_ACCESS_KEY_FILE, "secret\n");
  const run = (...args: string[]) => ran(bot.folder, ["backup", ...args], env);
  await run("create");
  const made = await run("create");
  expect([made.exit, made.out]).toEqual([0, expect.stringContaining("is in s3://bucket/merpati.")]);
  expect((await run("list")).out.trim().split("\n")).toHaveLength(1);
  expect((await run("verify")).out).toContain("is whole");
  const elsewhere = join(bot.folder, "elsewhere");
  server.breaks = true;
  expect((await run("restore", `--to=${elsewhere}`)).err).toContain("The bucket refuses: ");
  server.breaks = false;
  expect((await run("restore", `--to=${elsewhere}`)).exit).toBe(0);
  expect(existsSync(join(elsewhere, "merpati.sqlite"))).toBe(true);
  await server.stop();
}, 60_000);

test("sealed bytes come back, and no chunk can be changed, moved, left out or cut off", async () => {
  const key = Buffer.alloc(32, 1);
  const of = async (bytes: AsyncIterable<Uint8Array>) => Buffer.concat(await Array.fromAsync(bytes));
  async function* from(bytes: Uint8Array) {
    yield bytes;
  }
  const chunk = (1 << 20) + 16;
  for (const size of [0, 1, 1 << 20, (1 << 20) + 1, 3 << 20]) {
    const plain = Buffer.alloc(size, "merpati");
    const stored = await of(sealed(from(plain), key));
    expect((await of(unsealed(from(stored), key))).equals(plain)).toBe(true);
    const head = 36;
    const wrong = [Buffer.from(stored).fill(9, head + 1, head + 2), stored.subarray(0, -1), stored.subarray(0, head)];
    if (size > 1 << 20) wrong.push(stored.subarray(0, head + chunk));
    if (size === 3 << 20) {
      const [a, b] = [stored.subarray(head, head + chunk), stored.subarray(head + chunk, head + 2 * chunk)];
      const rest = stored.subarray(head + 2 * chunk);
      wrong.push(
        Buffer.concat([stored.subarray(0, head), b, a, rest]),
        Buffer.concat([stored.subarray(0, head), a, rest]),
      );
    }
    for (const bytes of wrong) expect(of(unsealed(from(bytes), key))).rejects.toThrow("does not fit BACKUP_KEY_FILE");
    expect(of(unsealed(from(stored), Buffer.alloc(32, 2)))).rejects.toThrow("does not fit BACKUP_KEY_FILE");
  }
});

test("by schedule, in a process of its own; what fails is told", async () => {
  const sim = await startBotSimulator();
  const dir = mkdtempSync(join(tmpdir(), "merpati-scheduled-"));
  const settled = (to: string) => ({
    PORT: "0",
    HOST: "127.0.0.1",
    API_KEY: adminKey,
    WHATSAPP_URL: sim.url,
    WHATSAPP_ROOT_KEY: sim.rootKey,
    PLUGINS_DIR: join(dir, "plugins"),
    SESSIONS_DIR: join(dir, "sessions"),
    BACKUP_EVERY_HOURS: "24",
    BACKUP_TO: to,
  });
  const logged = async (to: string, sentence: string) => {
    const child = merpati(dir, ["start"], settled(to));
    const line = await linesOf(child.stdout).until(sentence);
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    return line;
  };
  writeFileSync(join(dir, "a-file"), "");
  expect(await logged(join(dir, "a-file"), "the backup failed")).toContain('"level":"error"');
  await logged(join(dir, "backups"), "a backup is made");
  expect(readdirSync(join(dir, "backups", "backups"))).toHaveLength(1);
  expect(Number(readFileSync(join(dir, "sessions", "last-backup"), "utf8"))).toBeGreaterThan(0);
  await sim.stop();
  rmSync(dir, { recursive: true });
}, 60_000);
