import { expect, test } from "bun:test";
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createBackup } from "../../src/cli/backup/create.ts";
import { backupKey, makeBackupKey } from "../../src/cli/backup/key.ts";
import { backupManifest } from "../../src/cli/backup/manifest.ts";
import { verifyBackup } from "../../src/cli/backup/restore.ts";
import { targetAt } from "../../src/cli/backup/target.ts";
import { readConfig } from "../../src/config/config.ts";
import { folder, held, house, raw, refusal } from "../store/house.ts";
import { ran } from "./merpati.ts";

/** A store with a file of so many bytes, at rest, and a place for its backups. */
async function begun({ bytes = 100 } = {}) {
  const [dir, place] = [folder(), folder()];
  const { store } = await house({ dir });
  const hold = await held(store);
  const kept = await store.media.keep(new Blob([new Uint8Array(bytes).fill(7)]).stream(), bytes);
  await store.ledger.record(hold, {
    events: [],
    media: [{ id: "f1", mime: "text/plain", name: "a.txt", remote: "", ...kept }],
  });
  await store.media.update("f1", { state: "ready" });
  await store.close();
  const settled = (more: Record<string, string> = {}) =>
    readConfig({ SESSIONS_DIR: dir, BACKUP_TO: place, BACKUP_KEEP: "2", ...more });
  return { dir, place, settled, create: (more?: Record<string, string>) => createBackup(settled(more), {}) };
}

test("with another key files are sealed anew; each backup opens with the key of its day", async () => {
  const { place, settled, create } = await begun();
  const keys = ["a.key", "b.key"].map((name) => ({ BACKUP_KEY_FILE: join(folder(), name) }));
  for (const { BACKUP_KEY_FILE } of keys) makeBackupKey(BACKUP_KEY_FILE);
  const target = targetAt(place);
  const opened = async (id: string, key: Record<string, string>) =>
    verifyBackup({ target, manifest: await backupManifest(target, id), key: backupKey(settled(key)) });
  const ids = [await create(keys[0]), await create(keys[1])];
  for (const [at, id] of ids.entries()) await opened(id, keys[at] ?? {});
  await expect(opened(ids[1] ?? "", keys[0] ?? {})).rejects.toThrow("does not fit BACKUP_KEY_FILE");
  const sealed = () => readdirSync(join(place, "media-sealed"), { recursive: true, withFileTypes: true });
  const files = () => sealed().filter((each) => each.isFile()).length;
  expect(files()).toBe(2);
  // Once no backup of the former key is left, nor are its files; within one key each lies there once.
  for (let turn = 0; turn < 2; turn++) await create(keys[1]);
  expect(files()).toBe(1);
});

test("a damaged manifest is named, and hinders neither the other backups nor new ones", async () => {
  const { dir, place, create } = await begun();
  const [first, second] = [await create(), await create()];
  truncateSync(join(place, "backups", second, "manifest.json"), 40);
  const run = (...args: string[]) => ran(dir, ["backup", ...args], { BACKUP_TO: place });
  expect(await run("list")).toMatchObject({
    exit: 0,
    out: expect.stringMatching(new RegExp(`^${first} .*\\n${second} {2}damaged: its manifest cannot be read\\n$`)),
  });
  expect((await run("restore", `--to=${join(dir, "x")}`)).err).toContain("use another backup (merpati backup list)");
  expect((await run("verify", first)).out).toContain("is whole");
  const third = await create();
  expect((await run("verify", third)).out).toContain("is whole");
  expect(readdirSync(join(place, "backups")).toSorted()).toEqual([second, third]);
});

test("a place that cannot be written is named, with why", async () => {
  const { create } = await begun();
  const file = join(folder(), "a-file");
  writeFileSync(file, "");
  const place = join(file, "backups");
  expect(await refusal(create({ BACKUP_TO: place }))).toBe(
    `unavailable: ${place} cannot be written (ENOTDIR): is it there, is there room, may this user write to it?`,
  );
});

test("a store that is half sealed makes no backup: what is restored of one opens never again", async () => {
  const { dir, create } = await begun();
  raw(dir).run("INSERT INTO seal (one, key_id, owner, data_key, contents, work) VALUES (1, 'k', 'o', x'00', 0, '{}')");
  expect(await refusal(create())).toBe(`conflict: ${dir} is half sealed: end that first with merpati seal on.`);
});

test("what an interrupted backup left behind goes a day later", async () => {
  const { place, create } = await begun();
  const idAt = (hours: number) =>
    `${new Date(Date.now() - hours * 3_600_000).toISOString().slice(0, 19).replaceAll(":", "-")}Z-0000`;
  const [old, young] = [idAt(25), idAt(23)];
  for (const id of [old, young]) {
    mkdirSync(join(place, "backups", id), { recursive: true });
    writeFileSync(join(place, "backups", id, "merpati.sqlite.gz.part"), "half");
  }
  const id = await create();
  expect(readdirSync(join(place, "backups")).toSorted()).toEqual([young, id]);
});

test("a disk that refuses is named as that, and a check writes the database alone", async () => {
  const { dir, place, create } = await begun({ bytes: 6_000_000 });
  await create();
  // Blocks of 1 KB that a file may have: the database is smaller, the other file larger.
  const limited = async (...args: string[]) => {
    const main = join(import.meta.dir, "../../src/main.ts");
    const line = `trap "" XFSZ; ulimit -f 4000; exec ${process.execPath} ${main} backup ${args.join(" ")}`;
    const env = { PATH: process.env["PATH"] ?? "", SESSIONS_DIR: dir, BACKUP_TO: place };
    const child = Bun.spawn(["bash", "-c", line], { env, stdout: "pipe", stderr: "pipe" });
    return [await child.exited, await new Response(child.stderr).text()];
  };
  const to = join(folder(), "restored");
  expect(await limited("restore", `--to=${to}`)).toEqual([
    1,
    expect.stringMatching(/media\S+ could not be written or read \(EFBIG\): is there room on the disk\?/),
  ]);
  expect([existsSync(to), existsSync(`${to}.restoring`)]).toEqual([false, false]);
  expect(await limited("verify")).toEqual([0, expect.anything()]);
});

test("a restore that was interrupted is no new bot, and goes on where it is run again", async () => {
  const { dir, place, create } = await begun();
  await create();
  const restore = (to: string) => ran(dir, ["backup", "restore", `--to=${to}`], { BACKUP_TO: place });
  const opened = async (at: string) => (await house({ dir: at })).store.devices.list();
  // A folder that is there already, as where a volume is mounted; ended while its files got their names.
  const mounted = folder();
  mkdirSync(join(mounted, "lost+found"));
  mkdirSync(join(mounted, "restoring"));
  writeFileSync(join(mounted, "restoring", "merpati.sqlite"), "half");
  writeFileSync(join(mounted, "figures.json"), "{}");
  // And one that is not there yet.
  const fresh = join(folder(), "sessions");
  mkdirSync(`${fresh}.restoring`);
  for (const to of [mounted, fresh]) {
    expect(await refusal(opened(to))).toStartWith(`unavailable: A restore into ${to} was interrupted: run`);
    expect(await restore(to)).toMatchObject({ err: expect.any(String), exit: 0 });
    expect([existsSync(join(to, "restoring")), existsSync(`${to}.restoring`)]).toEqual([false, false]);
    expect(await opened(to)).toHaveLength(1);
    expect((await restore(to)).err).toContain("is not empty: move it away first");
  }
});

test("a bot that was ended hard does not run, says status", async () => {
  const { dir } = await begun();
  const child = Bun.spawn(["true"]);
  await child.exited;
  const running = { url: "http://127.0.0.1:9", key: "k", pid: child.pid };
  writeFileSync(join(dir, "running.json"), JSON.stringify(running));
  expect(await ran(dir, ["status"])).toMatchObject({
    exit: 3,
    out: expect.stringContaining("Merpati does not run in"),
  });
  expect(readFileSync(join(dir, "running.json"), "utf8")).toContain("127.0.0.1:9");
});

// Only root can make what is another's.
if (process.getuid?.() === 0)
  test("a backup that root makes leaves nothing that is root's in somebody's folders", async () => {
    const { dir, place, create } = await begun();
    const all = (path: string) => readdirSync(path, { recursive: true }).map((name) => join(path, String(name)));
    for (const path of [dir, ...all(dir), place]) chownSync(path, 12345, 12345);
    await create({ BACKUP_TO: join(place, "new") });
    const owners = [...all(dir), ...all(place)].map((path) => [path, lstatSync(path).uid]);
    expect(owners.filter(([, uid]) => uid !== 12345)).toEqual([]);
  });
