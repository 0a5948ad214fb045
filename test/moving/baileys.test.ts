import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { folderFiles } from "../../src/cli/import/folder.ts";
import { readTwice } from "../../src/cli/import/twice.ts";
import { ran } from "../cli/merpati.ts";
import { el } from "../../src/simulator/index.ts";
import { HandClock } from "../clock.ts";
import { ToldClock } from "../faults/told-clock.ts";
import { TestBot } from "../harness.ts";
import { stockBaileys } from "../stock/baileys.ts";
import { refusal } from "../store/house.ts";
import { type Group, useAndStop, writesBothWays } from "./moving-story.ts";
import { OldServer } from "./old-server.ts";

/** Each way; `test/moving/older.ts` sends a hundred. */
const messages = 25;
const clock = new ToldClock();
let bot: TestBot;
let folder: string;
let old: OldServer;
let family: Group;

/** A device that real Baileys 7.0.0-rc14 has linked and used, and that is stopped. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "merpati-moving-"));
  const sim = await startBotSimulator({ profile: "2026-03" });
  bot = new TestBot(sim, { unasked: true, stands: { clock } });
  old = new OldServer(await stockBaileys(), sim, folder);
  family = await useAndStop(old, bot);
  await bot.start();
  await bot.workspace.createDevice("default");
}, 30_000);
afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const importing = (more: object) =>
  bot.call("POST", "/v1/devices/default/import", { files: folderFiles(folder), ...more });

test("a dry run tells what would come along, and changes nothing", async () => {
  const { out, exit, err } = await ran(bot.folder, ["import", "baileys", folder, "--device=default", "--dry-run"]);
  expect([exit, err]).toEqual([0, ""]);
  expect(out).toContain("The account …0001.");
  expect(out).toMatch(/^ {2}[1-9]\d* sessions$/m);
  expect(out).toMatch(/^ {2}[1-9]\d* pre keys$/m);
  expect(out).toContain("Nothing was changed.");
  expect(bot.device.status()).toMatchObject({ phase: "stopped", account: null });
  expect(bot.events.filter(({ type }) => type === "device.paired")).toEqual([]);
});

test("nothing is imported while nobody says that the other server is stopped", async () => {
  const answer = await importing({});
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { error: expect.stringContaining("Stop the other") },
  ]);
  const told = await ran(bot.folder, ["import", "baileys", folder, "--device=default"]);
  expect([told.exit, told.err]).toEqual([1, expect.stringContaining("--stopped")]);
});

test("it goes on where the other stopped: no scan, and no message that cannot be read, both ways", async () => {
  const answer = await importing({ stopped: true });
  expect([answer.status, await answer.json()]).toMatchObject([200, { data: { phone_number: bot.phone.number } }]);
  expect(bot.device.status()).toMatchObject({
    phase: "stopped",
    account: { jid: expect.stringContaining("@s.whatsapp.net") },
  });
  await bot.device.start();
  await bot.connected();
  await writesBothWays(bot, family, messages);
  expect(bot.events.filter(({ type }) => type === "message.undecryptable")).toEqual([]);
  expect(bot.events.filter(({ type }) => type === "device.qr")).toEqual([]);
  bot.sim.assertNoProblems();
}, 60_000);

test("another client with these keys, within a minute of the first connection, stops the device with a sentence", async () => {
  const replaced = () => bot.sim.faults.streamError({}, el("conflict", { type: "replaced" }));
  replaced();
  const { data } = await bot.next("device.disconnected", (event) => event.data.reason === "replaced");
  expect(data.will_retry).toBe(false);
  const shown = await (await bot.call("GET", "/v1/devices/default")).json();
  expect(shown).toMatchObject({
    data: { phase: "failed", reason: "replaced", message: expect.stringContaining("Another program took over") },
  });
  await bot.device.start();
  await bot.connected();
  // Later it is as with every other device: once may be a line of ours.
  clock.wind(11 * 60_000);
  replaced();
  await bot.next("device.disconnected", (event) => event.data.reason === "replaced" && event.data.will_retry);
});

test("a device that is linked takes no other one's keys", async () => {
  const answer = await importing({ stopped: true });
  expect([answer.status, await answer.json()]).toMatchObject([
    409,
    { error: expect.stringContaining("linked already") },
  ]);
});

test("a damaged session is left out, and said to be", async () => {
  await bot.workspace.createDevice("other");
  const files = { ...folderFiles(folder), "session-628999.0.json": '{"_sessions":{"x":{}}}' };
  const answer = await bot.call("POST", "/v1/devices/other/import", { files, dry_run: true });
  expect(await answer.json()).toMatchObject({
    data: { made_anew: [expect.stringContaining("1 damaged"), expect.stringContaining("Chats, contacts")] },
  });
});

test("a folder of Baileys 6 reads, with all that it has", async () => {
  const files = await Bun.file(join(import.meta.dir, "fixtures/baileys-6.7.24.json")).json();
  const answer = await bot.call("POST", "/v1/devices/other/import", { files, dry_run: true });
  const { data } = (await answer.json()) as { data: { kept: Record<string, number>; made_anew: string[] } };
  expect(data.kept).toMatchObject({ sessions: 5, sender_keys: 2, pre_keys: 6, app_state_keys: 1 });
  expect(data.made_anew).toHaveLength(1);
});

test("what moves between two looks is refused, and what stays is read", async () => {
  const clock = new HandClock();
  const looks = async (changed: string) => {
    let look = 0;
    const read = readTwice(async () => ({ "creds.json": look++ === 0 ? "1" : changed }), clock);
    while (clock.next() === null) await Promise.resolve();
    clock.wind(9_999);
    expect(look).toBe(1);
    clock.wind(1);
    return refusal(read);
  };
  expect(await looks("2")).toContain("conflict: What is to be imported changed");
  expect(readdirSync(folder).length).toBeGreaterThan(100);
  let look = 0;
  const read = readTwice(async () => ({ "creds.json": String((look += 0)) }), clock);
  while (clock.next() === null) await Promise.resolve();
  clock.wind(10_000);
  expect(await read).toEqual({ "creds.json": "0" });
});

test.each<[string, string, (files: Record<string, string>) => Record<string, string>]>([
  ["without credentials", "has no creds.json", (files) => ({ ...files, "creds.json": "null" })],
  ["cut off", "is no JSON", (files) => ({ ...files, "creds.json": (files["creds.json"] ?? "").slice(0, 500) })],
  ["of no link", "names no account", (files) => ({ ...files, "creds.json": JSON.stringify({ noiseKey: {} }) })],
  ["of an account that is no number", "names no account", (files) => withMe(files, { id: "1:2@lid" })],
  ["with a LID that is no text", "me.lid is no text", (files) => withMe(files, { lid: 5 })],
  ["with a name that is no text", "me.name is no text", (files) => withMe(files, { name: {} })],
  ["of an account that is no base64", "did not sign", (files) => withCreds(files, { account: { details: "x" } })],
  ["with bytes that are none", "bytes that are none", (files) => withCreds(files, { routingInfo: { type: "Buffer" } })],
  ["of two devices", "did not sign", (files) => ({ ...files, "creds.json": withOther(files["creds.json"] ?? "") })],
])("files %s are refused, and nothing is changed", async (_, why, broken) => {
  await bot.workspace.createDevice("other");
  const files = broken({ ...folderFiles(folder) });
  const answer = await bot.call("POST", "/v1/devices/other/import", { files, stopped: true });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: expect.stringContaining(why) }]);
  expect(bot.workspace.device("other").status()).toMatchObject({ phase: "stopped", account: null });
});

function withCreds(files: Record<string, string>, other: object): Record<string, string> {
  return { ...files, "creds.json": JSON.stringify({ ...JSON.parse(files["creds.json"] ?? "{}"), ...other }) };
}

function withMe(files: Record<string, string>, other: object): Record<string, string> {
  const { me } = JSON.parse(files["creds.json"] ?? "{}") as { me: object };
  return withCreds(files, { me: { ...me, ...other } });
}

/** The same with another identity. */
function withOther(text: string): string {
  const creds = JSON.parse(text) as { noiseKey: unknown; signedIdentityKey: unknown };
  return JSON.stringify({ ...creds, signedIdentityKey: creds.noiseKey });
}
