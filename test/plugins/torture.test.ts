import { afterEach, expect, test } from "bun:test";
import { availableParallelism, loadavg } from "node:os";
import { House } from "./house.ts";

/** Every way to misbehave, each with the innocent plugin beside it, which must miss nothing. */
const culprits = [
  { name: "throw", says: "!throw", kind: "throw", line: 6, reason: "thrown on purpose" },
  { name: "reject", says: "!reject", kind: "crash", line: 7, reason: "rejected late" },
  { name: "never", says: "!never", kind: "hung", line: 5, reason: "command never waited " },
  { name: "loop", says: "!loop", kind: "stuck", line: 5, reason: "command loop stood still for " },
  { name: "leak", says: "!leak", kind: "memory", line: 6, reason: "command leak holds" },
  { name: "exit", says: "!exit", kind: "exit", line: 5, reason: "called process.exit(3)" },
  { name: "flood", says: "!flood", kind: "flood", line: 5, reason: "command flood kept sending after 300 refusals" },
  { name: "flood", says: "!torrent", kind: "flood", line: 8, reason: "command torrent " },
] as const;

/** How many want each processor of this machine: a loop is judged by what it got of one. */
const starved = () => Math.max(1, (loadavg()[0] ?? 1) / availableParallelism());

const text = (name: string) => Bun.file(`test/plugins/torture/${name}.ts`).text();
const innocent = await text("innocent");
let house: House;
afterEach(() => house.close());

test.each(culprits)(
  "$says: stopped in 2 s, named with file and line, restarted; the innocent goes on",
  async (culprit) => {
    house = await House.open({ [`${culprit.name}.ts`]: await text(culprit.name), "innocent.ts": innocent });
    const began = performance.now();
    const guilty = house.tell(house.message(culprit.says));
    for (let i = 0; i < 20; i++) expect(await house.says(`message ${i}`)).toEqual({ innocent: { ok: true } });
    const place = `${house.dir}/${culprit.name}.ts:${culprit.line}`;
    await house.until(() => house.lines.some(({ fields }) => fields["place"] === place));
    expect(performance.now() - began).toBeLessThan(2500 * starved());
    const line = house.lines.find(({ fields }) => fields["place"] === place);
    expect(line?.fields).toMatchObject({ plugin: culprit.name, reason: expect.stringContaining(culprit.reason) });
    expect((await guilty)["innocent"]).toEqual({ ok: true });
    expect(house.texts().filter((said) => said !== "spam")).toHaveLength(21);
    if (culprit.kind === "throw") return;
    expect(house.faults).toMatchObject([{ plugin: culprit.name, action: "restarted", kind: culprit.kind, place }]);
    expect(house.state(culprit.name)).toBe("restarting");
    house.targets.delete(culprit.name);
    house.clock.wind(250);
    await house.until(() => house.targets.has(culprit.name));
    expect(house.state(culprit.name)).toBe("running");
  },
);

/** Harder ones: what the command does, in its plugin's third line. */
const hostile = {
  "endless-microtasks": ["stuck", "stood still", "async () => { for (;;) await null; }"],
  "endless-ticks": ["stuck", "stood still", "() => { const next = () => process.nextTick(next); next(); }"],
  "waits-for-itself": ["stuck", "stood still", "() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)"],
  "sleeps-on-the-job": ["stuck", "stood still", "() => Bun.sleepSync(60_000)"],
  "reads-for-ever": ["stuck", "stood still", '() => { for (;;) require("node:fs").readdirSync("/"); }'],
  "outside-the-heap": [
    "memory",
    "holds",
    "() => { setInterval(() => all.push(new WebAssembly.Memory({ initial: 999 })), 5); }",
  ],
  "throws-in-a-nested-timer": [
    "crash",
    "deep",
    '() => { setTimeout(() => setTimeout(async () => { await 1; throw new Error("deep"); }, 5), 5); }',
  ],
  "unheard-error-event": [
    "crash",
    "unheard",
    '() => { setTimeout(() => new (require("node:events").EventEmitter)().emit("error", new Error("unheard")), 1); }',
  ],
  "console-flood": [
    "flood",
    "made more than 4000 calls",
    '() => { setInterval(() => { for (let i = 0; i < 500; i++) console.log("noise"); }, 10); }',
  ],
  "exits-by-another-door": ["exit", "called process.exit(9)", '() => require("node:process").exit(9)'],
} as const;
const hostilePlugin = (name: string, body: string) =>
  `const all = [];\nexport default { name: "${name}", permissions: ["system"], setup({ command }) {\n  command("${name}", ${body});\n} };`;

test("ten at once, harder ones: each is stopped, blamed where it stands, and the innocent misses nothing", async () => {
  const files = Object.entries(hostile).map(([name, [, , body]]) => [`${name}.ts`, hostilePlugin(name, body)] as const);
  house = await House.open({ ...Object.fromEntries(files), "innocent.ts": innocent });
  const began = performance.now();
  const guilty = Object.keys(hostile).map((name) => house.tell(house.message(`!${name}`)));
  for (let i = 0; i < 20; i++) expect(await house.says(`message ${i}`)).toEqual({ innocent: { ok: true } });
  await house.until(() => house.faults.length === files.length);
  // Five of them want a processor for themselves.
  expect(performance.now() - began).toBeLessThan(4000 * starved());
  for (const [name, [kind, reason]] of Object.entries(hostile))
    expect(house.faults.find(({ plugin }) => plugin === name)).toEqual({
      plugin: name,
      action: "restarted",
      kind,
      reason: expect.stringContaining(reason),
      place: `${house.dir}/${name}.ts:3`,
    });
  for (const outcome of await Promise.all(guilty)) expect(outcome["innocent"]).toEqual({ ok: true });
  expect(house.texts()).toHaveLength(30);
}, 30_000);

test("memory taken in one go is the end of whoever takes it, not of the bot", async () => {
  const body = "() => { for (;;) all.push(new Uint8Array(8_000_000).fill(1)); }";
  house = await House.open({ "glutton.ts": hostilePlugin("glutton", body), "innocent.ts": innocent });
  void house.says("!glutton");
  await house.until(() => house.faults.length === 1);
  // Where it fills what others gave back before, its time is over first; see watchdog.test.ts.
  expect(house.faults[0]?.kind).toBeOneOf(["memory", "stuck"]);
  expect(await house.says("still here?")).toMatchObject({ innocent: { ok: true } });
}, 20_000);

test("what cannot be handed over is named; what cannot even be looked at is a fault like any other", async () => {
  house = await House.open({
    "odd.ts": `import { plugin } from "merpati";
export default plugin({ name: "odd", permissions: ["system"], setup({ command }) {
  command("fn", ({ reply }) => reply({ kind: "poll", question: "?", options: ["a", () => {}] }));
  command("proxy", () => { throw new Proxy({}, { get() { throw new Error("inner"); } }); });
  command("worker", () => new Worker("data:text/javascript,for(;;);"));
  command("thread", () => new (require("node:worker_threads").Worker)("data:text/javascript,"));
} });`,
  });
  const error = async (text: string) => (await house.says(text))["odd"]?.error?.split(" (/")[0];
  expect(await error("!fn")).toBe("send: takes plain data only, but content.options[1] is a function");
  expect(await error("!proxy")).toBe("threw something that cannot be looked at");
  const noWorker = "Worker is not for plugins: the bot could not stop what runs in it";
  expect([await error("!worker"), await error("!thread")]).toEqual([noWorker, noWorker]);
  expect(house.state("odd")).toBe("running");
});

test("who changes the language hurts nobody but itself", async () => {
  house = await House.open({
    "vandal.ts": `export default { name: "vandal", setup({ command }) { command("smash", ({ reply }) => {
      Promise.prototype.then = () => {}; Map.prototype.get = () => undefined; self.postMessage = () => {};
      JSON.stringify = Array.prototype.map = String.prototype.includes = () => { throw new Error("smashed"); };
      return reply("smash"); }); } };`,
    "innocent.ts": innocent,
  });
  const smashed = house.says("!smash");
  for (let i = 0; i < 10; i++) expect(await house.says(`message ${i}`)).toEqual({ innocent: { ok: true } });
  expect((await smashed)["vandal"]).toMatchObject({ ok: false });
  expect(house.texts().filter((text) => text.startsWith("heard message"))).toHaveLength(10);
});

test("the programs it started end with it, when it falls too", async () => {
  const text = (
    after: string,
  ) => `export default { name: "parent", permissions: ["store", "system"], setup({ command, store }) {
    command("spawn", async ({ reply }) => { await store.set("pid", Bun.spawn(["sleep", "600"]).pid); ${after} }); } };`;
  const isGone = async () => {
    const pid = (await house.services.data.get("parent", "pid")) as number;
    try {
      return process.kill(pid, 0) && (await Bun.file(`/proc/${pid}/stat`).text()).split(" ")[2] === "Z";
    } catch {
      return true;
    }
  };
  house = await House.open({ "parent.ts": text("") });
  await house.says("!spawn");
  expect(await isGone()).toBeFalse();
  await house.host.disable("parent");
  while (!(await isGone())) await Bun.sleep(5);
  for (const fall of ["process.exit(1);", "for (;;);"]) {
    await Bun.write(`${house.dir}/parent.ts`, text(fall));
    await house.host.enable("parent");
    expect(await house.says("!spawn")).toMatchObject({ parent: { ok: false } });
    while (!(await isGone())) await Bun.sleep(5);
    await house.host.disable("parent");
  }
  // Where others burn the processors, each of these threads takes seconds to begin.
}, 60_000);

test("what failed is tried three times, then given up; a crash does not lose what follows", async () => {
  house = await House.open({ "throw.ts": await text("throw") });
  const event = house.message("!throw");
  const outcomes = [await house.tell(event, 0), await house.tell(event, 1), await house.tell(event, 2)];
  expect(outcomes.map(({ throw: outcome }) => outcome?.final)).toEqual([false, false, true]);
  expect(outcomes[0]?.["throw"]?.error).toBe(`thrown on purpose (${house.dir}/throw.ts:6)`);
});

test("while it restarts it is owed what happens, and asks for it later", async () => {
  house = await House.open({ "exit.ts": await text("exit") });
  expect(await house.says("!exit")).toMatchObject({ exit: { ok: false } });
  const event = house.message("!exit");
  expect(await house.tell(event)).toEqual({ exit: { ok: false, error: "exit is restarting", retryAfter: 300 } });
});

test("five crashes on end disable it, for good, until somebody enables it", async () => {
  const base = await text("exit");
  house = await House.open({ "exit.ts": base });
  for (const wait of [250, 1000, 4000, 16_000]) {
    await house.says("!exit");
    expect(house.state("exit")).toBe("restarting");
    house.targets.delete("exit");
    house.clock.wind(wait - 1);
    expect(house.state("exit")).toBe("restarting");
    house.clock.wind(1);
    await house.until(() => house.targets.has("exit"));
  }
  await house.says("!exit");
  await house.until(() => !house.targets.has("exit"));
  expect(house.faults.at(-1)).toMatchObject({ plugin: "exit", action: "disabled", place: `${house.dir}/exit.ts:5` });
  expect(house.state("exit")).toBe("disabled");
  await house.host.reload("exit");
  const reason = `called process.exit(3) (${house.dir}/exit.ts:5)`;
  expect(house.host.list()).toMatchObject([{ state: "disabled", problem: expect.stringContaining(reason) }]);
  const sentence = "a plugin stays disabled after repeated faults until somebody enables it";
  expect(house.lines.at(-1)).toMatchObject({ sentence, fields: { plugin: "exit" } });
  await house.host.enable("exit");
  expect(house.state("exit")).toBe("running");
}, 60_000);

test("twenty throws on end disable it; a success in between heals", async () => {
  house = await House.open({
    "moody.ts":
      'export default { name: "moody", setup({ command }) {\n command("ok", () => {});\n command("bad", () => { throw new Error("bad") }); } };',
  });
  const bad = async (times: number) => {
    for (let i = 0; i < times; i++) await house.says("!bad");
  };
  await bad(15);
  for (let i = 0; i < 15; i++) await house.says("!ok");
  await bad(19);
  expect(house.state("moody")).toBe("running");
  await bad(1);
  await house.until(() => !house.targets.has("moody"));
  expect(house.state("moody")).toBe("disabled");
});

const refused = (name: string) => `process.${name} is not for plugins: it would hit the whole bot`;

test("what could hit the whole process is out of reach", async () => {
  house = await House.open({
    "rude.ts": `export default { name: "rude", setup({ command }) {
      const said = (f) => { try { f(); return "done"; } catch (e) { return e.message; } };
      command("rude", ({ reply }) => reply([
        said(() => process.kill(process.pid, 0)), said(() => process.abort()), said(() => process.chdir("/")), Object.keys(process.env).filter((k) => !["TZ", "LANG"].includes(k)).length,
      ].join("\\n")));
    } };`,
  });
  await house.says("!rude");
  expect(house.texts()).toEqual([[refused("kill"), refused("abort"), refused("chdir"), 0].join("\n")]);
});
