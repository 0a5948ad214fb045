import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBackup } from "../../src/cli/backup/create.ts";
import { backupManifest, backupNamed } from "../../src/cli/backup/manifest.ts";
import { restoreBackup } from "../../src/cli/backup/restore.ts";
import { targetAt } from "../../src/cli/backup/target.ts";
import { readConfig } from "../../src/config/config.ts";
import { ownerKeyOf } from "../../src/composition/owner-key.ts";
import { systemClock } from "../../src/composition/system.ts";
import { sealStore, unsealStore } from "../../src/store/conversion/conversion.ts";
import { openStore } from "../../src/store/open.ts";
import { is } from "../../src/core/model/events/events.ts";
import { afterwards } from "../afterwards.ts";
import { startBot, type TestBot } from "../harness.ts";
import { ran } from "./merpati.ts";

/** A place beside the data folder that is gone after the test. */
function beside(): string {
  const folder = mkdtempSync(join(tmpdir(), "merpati-beside-"));
  afterwards(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function talk(bot: TestBot, word: string): Promise<void> {
  const ann = bot.contact();
  const { id } = await ann.says(`${word} in`, { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === id);
  await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: `${word} out` } });
  await ann.hears(`${word} out`);
}

/** Which of the words stand in a folder, in what is zipped too. */
function found(dir: string, words: readonly string[]): string[] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const all = files.map((entry) => {
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    return entry.name.endsWith(".gz") ? Buffer.from(Bun.gunzipSync(bytes)) : bytes;
  });
  return words.filter((word) => all.some((bytes) => bytes.includes(word)));
}

test("one command seals a linked bot; it goes on, its backups are sealed, and restored it is still linked", async () => {
  const place = beside();
  const env = { SEAL_KEY_FILE: join(place, "seal.key"), BACKUP_TO: join(place, "backups") };
  await using bot = await startBot({ env: { WEBHOOK_SECRET: "webhook canary secret" } });
  const run = (...args: string[]) => ran(bot.folder, args, env);
  const config = (more: Partial<typeof env>) =>
    readConfig({ SESSIONS_DIR: bot.folder, BACKUP_TO: env.BACKUP_TO, ...more });
  const restored = async (more: Partial<typeof env>) => {
    const target = targetAt(env.BACKUP_TO);
    const manifest = await backupManifest(target, await backupNamed(target, "latest"));
    await restoreBackup({ target, manifest, key: null }, bot.folder, ownerKeyOf(config(more)));
  };
  await bot.link();
  await talk(bot, "canary one");
  expect((await run("seal", "on")).err).toContain("is in use by another Merpati");
  await bot.stop();
  const words = ["canary one in", "canary one out", "noiseKey", "webhook canary"];
  expect(found(bot.folder, words)).toEqual(words);
  expect((await ran(bot.folder, ["seal", "on"])).err).toContain("make one with merpati seal key <file>");
  expect((await run("seal", "key", env.SEAL_KEY_FILE)).exit).toBe(0);
  expect(await run("seal", "on", "--contents")).toMatchObject({
    exit: 0,
    out: expect.stringContaining("is sealed, with messages, events and files."),
  });
  expect(found(bot.folder, words)).toEqual([]);

  expect(String(await bot.start().catch((error: unknown) => error))).toContain(
    "This store is sealed, and no key is set",
  );
  bot.envFile["SEAL_KEY_FILE"] = env.SEAL_KEY_FILE;
  await bot.start();
  await talk(bot, "canary two");
  await createBackup(config(env), {});
  await bot.stop();
  const all = [...words, "canary two in", "canary two out"];
  expect([found(bot.folder, all), found(env.BACKUP_TO, all)]).toEqual([[], []]);

  for (const name of readdirSync(bot.folder)) rmSync(join(bot.folder, name), { recursive: true });
  await expect(restored({})).rejects.toThrow("This store is sealed, and no key is set");
  expect(existsSync(join(bot.folder, "merpati.sqlite"))).toBe(false);
  await restored(env);
  expect(found(bot.folder, all)).toEqual([]);
  await bot.start();
  for (const word of ["three", "four"]) await talk(bot, `canary ${word}`);
  expect(bot.events.filter((event) => is(event, "message.undecryptable"))).toEqual([]);
  const told = await bot.device.chatHistory.messages({ chat: null, search: null, before: null, limit: 20 });
  expect(told.map(({ message }) => message.content)).toContainEqual({ kind: "text", text: "canary one in" });
  bot.sim.assertNoProblems();
}, 60_000);

test("another key: the one before opens nothing any more", async () => {
  const place = beside();
  const [former, next] = [join(place, "former.key"), join(place, "next.key")];
  const dir = beside();
  const key = randomBytes(32);
  writeFileSync(former, key.toString("base64"));
  await (await openStore({ dir, clock: systemClock, targetsOf: () => [] })).close();
  await sealStore(dir, () => key, false);
  const run = (file: string, ...args: string[]) => ran(dir, args, { SEAL_KEY_FILE: file });
  expect((await run(former, "key", "rotate", next)).out).toContain("opens with the key in");
  const ownerKey = (sealKeyFile: string) => ownerKeyOf({ sealKey: null, sealKeyFile, sealKeyCommand: null });
  const opened = (file: string) =>
    openStore({ dir, clock: systemClock, targetsOf: () => [], ownerKey: ownerKey(file) });
  await expect(opened(former)).rejects.toThrow(/is sealed with the key \w{16}; the one that is set is \w{16}/);
  await (await opened(next)).close();
  await unsealStore(dir, ownerKey(next));
  expect((await ran(dir, ["seal", "status"])).out).toContain("is not sealed: merpati seal on does it.");
}, 30_000);

test("the key comes from a setting, a file, a command or a credential of systemd, and what is none is refused", () => {
  const place = beside();
  const text = Buffer.alloc(32, 5).toString("base64");
  const none = { sealKey: null, sealKeyFile: null, sealKeyCommand: null };
  const file = join(place, "merpati-seal-key");
  writeFileSync(file, `${text}\n`);
  const of = (given: Partial<Parameters<typeof ownerKeyOf>[0]>) => ownerKeyOf({ ...none, ...given })();
  expect([of({ sealKey: text }), of({ sealKeyFile: file }), of({ sealKeyCommand: `cat ${file}` })]).toEqual(
    [1, 2, 3].map(() => Buffer.alloc(32, 5)),
  );
  expect(of({})).toBeNull();
  process.env["CREDENTIALS_DIRECTORY"] = place;
  expect(of({})).toEqual(Buffer.alloc(32, 5));
  delete process.env["CREDENTIALS_DIRECTORY"];
  expect(() => of({ sealKeyCommand: "echo short" })).toThrow("SEAL_KEY_COMMAND should hold 32 bytes in base64");
  expect(() => of({ sealKeyCommand: "exit 3" })).toThrow("SEAL_KEY_COMMAND gave no key: it ended with 3.");
  expect(() => of({ sealKeyFile: join(place, "gone") })).toThrow("cannot be read");
});
