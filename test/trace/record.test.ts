import { expect, test } from "bun:test";
import { existsSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { el } from "../../src/simulator/index.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";

const main = new URL("../../src/main.ts", import.meta.url).pathname;

function merpati(folder: string, ...args: string[]) {
  const env = { PATH: process.env["PATH"] ?? "", TMPDIR: process.env["TMPDIR"] ?? "/tmp", SESSIONS_DIR: folder };
  return Bun.spawn([process.execPath, main, ...args], { env, cwd: folder, stdout: "pipe", stderr: "pipe" });
}

/** Runs a verb to its end. */
async function run(folder: string, ...args: string[]): Promise<{ said: string; exit: number }> {
  const child = merpati(folder, ...args);
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { said: out + err, exit: await child.exited };
}

/** Resolves once a file that is being written holds all of this. */
async function holds(file: string, parts: readonly string[]): Promise<void> {
  const changes = watch(file);
  const whole = () => parts.every((part) => readFileSync(file, "utf8").includes(part));
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (whole()) resolve();
  };
  changes.on("change", look);
  look();
  await promise;
  changes.close();
}

/** Records while `meanwhile` runs, then ends it as Ctrl-C does. */
async function recorded(bot: TestBot, file: string, meanwhile: () => Promise<void>): Promise<string> {
  const child = merpati(bot.folder, "record", file);
  const decoder = new TextDecoder();
  let said = "";
  let began = false;
  for await (const chunk of child.stdout) {
    said += decoder.decode(chunk, { stream: true });
    if (began || !said.includes("Ctrl-C ends.")) continue;
    began = true;
    await meanwhile();
    child.kill("SIGINT");
  }
  expect(await child.exited).toBe(0);
  return said;
}

/** Of thirteen bytes. */
const conversation = '"fields":[[1,13]';

test("a trace holds structure and nothing personal, and plays against the sandbox", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  const group = bot.sim.group("Crew of nine", [ann, bot.phone]);
  const device = bot.phone.linkedDevices()[0]?.jid ?? "";
  const file = join(bot.folder, "trace.jsonl");
  const said = await recorded(bot, file, async () => {
    await ann.says("a secret word", { to: bot.phone, by: "lid" });
    await ann.says("another secret", { to: group });
    bot.sim.raw.queue(device, el("notification", { from: ann.jid, id: "N1", type: "quantum_leap", t: "1796076301" }));
    const { id } = await ann.asks("which secret?", ["one", "two"], { to: bot.phone });
    await bot.next("message.received", (event) => event.data.id === id);
    await holds(file, ['"type":"quantum_leap"', conversation]);
  });
  expect(said).toMatch(/^Recording to .*\n\d+ entries\. Look through/);

  const trace = readFileSync(file, "utf8");
  const personal = [ann.number, ann.lid.slice(0, 9), bot.phone.number, "secret", "Ann", "Crew", group.id.slice(0, 12)];
  expect(personal.filter((each) => trace.includes(each))).toEqual([]);
  expect(trace).toContain('"tag":"notification","attrs":{"from":"{user');
  expect(trace).toContain(conversation);

  const replayed = await run(bot.folder, "replay", file);
  expect(replayed.said).toMatch(/^Playing \d+ stanzas; .*\nAll were answered, and the bot goes on\.\n$/);
  expect(replayed.exit).toBe(0);
}, 60_000);

test("a file that is there is not written over, and a device that is not there is named", async () => {
  await using bot = await startBot();
  writeFileSync(join(bot.folder, "mine.jsonl"), "mine");
  const taken = await run(bot.folder, "record", "mine.jsonl", "--device=shop");
  expect(taken).toEqual({ said: 'Tenant "default" has no device "shop".\n', exit: 1 });
  expect(existsSync(join(bot.folder, "other.jsonl"))).toBe(false);
  await bot.workspace.createDevice("shop");
  expect((await run(bot.folder, "record", "mine.jsonl", "--device=shop")).said).toBe(
    "mine.jsonl is there already: name another file.\n",
  );
  expect(readFileSync(join(bot.folder, "mine.jsonl"), "utf8")).toBe("mine");
  expect((await run(bot.folder, "record", "x.jsonl", "--minutes=soon")).said).toBe(
    '--minutes takes a whole number from 1 to 9999, not "soon".\n',
  );
});

test("eight traces at once; whoever goes makes room, and the audit log names them", async () => {
  await using bot = await startBot();
  await bot.workspace.createDevice("shop");
  const open = async () => {
    const over = new AbortController();
    const path = `${bot.url}/v1/admin/tenants/default/devices/shop/trace`;
    const response = await fetch(path, { headers: { "x-api-key": adminKey }, signal: over.signal });
    return { status: response.status, over };
  };
  const eight: Awaited<ReturnType<typeof open>>[] = [];
  for (let at = 0; at < 8; at++) eight.push(await open());
  expect(eight.map(({ status }) => status)).toEqual(eight.map(() => 200));
  expect((await open()).status).toBe(503);
  eight[0]?.over.abort();
  let ninth = await open();
  // The server hears of the end a moment later.
  for (const end = performance.now() + 5_000; ninth.status !== 200 && performance.now() < end;) ninth = await open();
  expect(ninth.status).toBe(200);
  const audit = (await (await bot.call("GET", "/v1/admin/audit?limit=10")).json()) as { data: object[] };
  expect(audit.data).toMatchObject([
    { action: "device.trace.refused" },
    { action: "device.trace", tenant: "default", subject: "shop", count: 9 },
  ]);
  for (const { over } of [...eight, ninth]) over.abort();
}, 30_000);

test("what is no trace is refused with its line", async () => {
  await using bot = await startBot();
  const file = join(bot.folder, "trace.jsonl");
  expect(await run(bot.folder, "replay", "gone.jsonl")).toEqual({ said: "There is no file gone.jsonl.\n", exit: 1 });
  const refusals: [string, string][] = [
    ["", "trace.jsonl is no trace that this version reads: merpati record makes one."],
    ['{"hello":1}\n', "trace.jsonl is no trace that this version reads: merpati record makes one."],
    ['{"merpati_trace":1}\nnonsense\n', "trace.jsonl, line 2: not a JSON object."],
    ['{"merpati_trace":1}\n{"stanza":{"tag":1}}\n', "line 2: neither a stanza nor the fields of a message."],
  ];
  for (const [text, sentence] of refusals) {
    writeFileSync(file, text);
    const { said, exit } = await run(bot.folder, "replay", file);
    expect([said, exit]).toEqual([expect.stringContaining(sentence), 1]);
  }
});
