import { dlopen } from "bun:ffi";
import { expect, test } from "bun:test";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LineOutput } from "../src/log/output.ts";
import { ToldClock } from "./faults/told-clock.ts";
import { startBot, type TestBot } from "./harness.ts";

interface Health {
  status: string;
  ready: boolean;
  store: string;
  devices: string;
  log: string;
  log_lines_lost: number;
}

const health = async (bot: TestBot, path = "/health") => {
  const response = await fetch(`${bot.url}${path}`);
  return { code: response.status, ...((await response.json()) as Health) };
};

/** Has something logged until it holds. */
async function until(bot: TestBot, holds: (now: Health) => boolean): Promise<Health> {
  for (;;) {
    await bot.call("GET", "/v1/devices");
    const now = await health(bot);
    if (holds(now)) return now;
  }
}

test("with standard output on a full disk the bot goes on, says so, and recovers", async () => {
  const descriptor = openSync("/dev/full", "w");
  const out = new LineOutput(descriptor);
  await using bot = await startBot({ out, env: { LOG_LEVEL: "debug" } });
  await bot.link();
  const ann = bot.contact();
  await bot.call("POST", "/api/send", { to: ann.number, message: "all the same" });
  await ann.hears("all the same");
  const full = await until(bot, ({ log_lines_lost: lost }) => lost > 0);
  expect(full).toMatchObject({ status: "degraded", ready: true, log: "The log cannot be written: ENOSPC." });

  // Room is made: the same descriptor leads to a file that can grow.
  const file = join(bot.folder, "log");
  const { symbols } = dlopen("libc.so.6", { dup2: { args: ["int", "int"], returns: "int" } });
  symbols.dup2(openSync(file, "a"), descriptor);
  const well = await until(bot, ({ log }) => log === "ok");
  await out.flush(1_000);
  expect(well.status).toBe("ok");
  expect(well.log_lines_lost).toBeGreaterThan(0);
  expect(readFileSync(file, "utf8")).toContain("log lines were lost");
});

test("a reader that does not read costs lines and neither time nor memory", async () => {
  const { symbols } = dlopen("libc.so.6", { pipe: { args: ["ptr"], returns: "int" } });
  const ends = new Int32Array(2);
  symbols.pipe(ends);
  const out = new LineOutput(ends[1] ?? -1);
  for (let i = 0; i < 100_000; i++) out.write(`${"x".repeat(200)}\n`);
  expect(out.lost).toBeGreaterThan(0);
  expect(out.trouble).toBe("nobody reads the log");
});

test("ready is another question than alive: the devices", async () => {
  const clock = new ToldClock();
  await using bot = await startBot({ stands: { clock } });
  await bot.link();
  expect(await health(bot, "/health/ready")).toMatchObject({ code: 200, ready: true, store: "ok", devices: "ok" });
  const pause = clock.until(() => bot.device.status().phase === "waiting", "the pause");
  bot.sim.faults.cut();
  await pause;
  const devices = "A device that should be connected is not.";
  expect(await health(bot, "/health/ready")).toMatchObject({ code: 503, status: "degraded", devices, store: "ok" });
  expect(await health(bot)).toMatchObject({ code: 200, live: true, ready: false });
  expect((await health(bot, "/health/live")).code).toBe(200);
});

test("ready is another question than alive: the store", async () => {
  const clock = new ToldClock();
  await using bot = await startBot({ stands: { clock, maxPages: 400 } });
  await bot.link();
  const later = Math.floor(clock.now() / 1_000) + 86_400;
  const send = (length: number) =>
    bot.call("POST", "/v1/devices/default/messages", { to: "628123456789", text: "x".repeat(length), send_at: later });
  for (const length of [60_000, 3_000]) while ((await send(length)).status !== 503);
  clock.wind(6_000);
  expect(await health(bot, "/health/ready")).toMatchObject({
    code: 503,
    store: "The disk is full; nothing was written. Free some space and try again.",
  });
});
