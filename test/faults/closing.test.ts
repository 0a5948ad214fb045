import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Phase, Reason } from "../../src/core/model/phase.ts";
import { startBot, type TestBot } from "../harness.ts";
import { el } from "../../src/simulator/index.ts";
import { ToldClock } from "./told-clock.ts";

/** One bot for the whole table: linked once, and again where WhatsApp removed it. */
let bot: TestBot;
const clock = new ToldClock();
beforeAll(async () => {
  bot = await startBot({ stands: { clock }, env: { WEBHOOK_URL: "" } });
});
afterAll(() => bot[Symbol.asyncDispose]());

const opened = (): number => bot.events.filter(({ type }) => type === "device.connected").length;
const minute = 60_000;

/** Connected for so long that nothing of the former case counts any more. */
async function calm(): Promise<string> {
  if (bot.device.status().account === null) await bot.link();
  else if (bot.device.status().phase !== "connected") {
    await bot.device.start();
    await bot.connected();
  }
  clock.wind(11 * minute);
  const [linked] = bot.phone.linkedDevices();
  if (!linked) throw new Error("the phone lists no device");
  return linked.jid;
}

type Ending =
  | { phase: Extract<Phase, "waiting" | "restricted">; reason: Reason; within: number }
  | { phase: Extract<Phase, "failed" | "logged_out">; reason: Reason };

const retry: Ending = { phase: "waiting", reason: "connection_lost", within: minute };
const later: Ending = { phase: "waiting", reason: "rejected", within: 15 * minute };
const rejected: Ending = { phase: "failed", reason: "rejected" };
const banned: Ending = { phase: "failed", reason: "banned" };
const revoked: Ending = { phase: "logged_out", reason: "revoked" };

/** What follows, once the connection has ended: the phase and reason, whether it dials again, and with what. */
async function follows(ending: Ending, jid: string, before: number): Promise<void> {
  const there = () => bot.device.status().phase === ending.phase && bot.device.status().reason === ending.reason;
  if ("within" in ending) {
    await clock.until(() => there() || opened() > before, `${ending.phase}, ${ending.reason}`);
    clock.wind(ending.within);
    await bot.until(() => opened() > before, "another connection");
  } else if (ending.phase === "logged_out") {
    // The device named `default` shows a QR again by itself; what it had is forgotten.
    await clock.until(() => bot.device.status().unlinked?.reason === ending.reason, "the end of the account");
    expect(bot.device.status().account).toBeNull();
    clock.wind(minute);
    await bot.until(() => bot.device.status().qr !== null, "a QR");
    return;
  } else {
    await bot.until(there, `${ending.phase}, ${ending.reason}`);
    clock.wind(24 * 60 * minute);
    expect(there()).toBe(true);
    await bot.device.start();
    await bot.until(() => opened() > before, "another connection");
  }
  // The same credentials: nothing was forgotten.
  expect(bot.phone.linkedDevices().map((one) => one.jid)).toEqual([jid]);
  expect(bot.device.status()).toMatchObject({ phase: "connected", account: { jid: bot.phone.jid } });
}

/** Dials anew. */
async function dial(): Promise<void> {
  await bot.device.stop();
  await bot.device.start();
}

test.each<[string, Ending]>([
  ["403", banned],
  ["405", { phase: "restricted", reason: "outdated_version", within: 60 * minute }],
  ["406", banned],
  ["408", retry],
  ["409", rejected],
  ["411", rejected],
  ["428", retry],
  ["500", retry],
  ["501", retry],
  ["503", retry],
  ["515", { phase: "waiting", reason: "restart_required", within: 0 }],
  ["599", retry],
  ["nonsense", retry],
])("the stream ends with %s", async (code, ending) => {
  const jid = await calm();
  const before = opened();
  bot.sim.faults.streamError({ code });
  await follows(ending, jid, before);
});

test("the stream ends without a word", async () => {
  const jid = await calm();
  const before = opened();
  bot.sim.faults.streamError({});
  await follows(retry, jid, before);
});

test.each<[string, Ending]>([
  ["400", later],
  ["402", { phase: "restricted", reason: "temporarily_banned", within: 30 * minute }],
  ["403", banned],
  ["405", { phase: "restricted", reason: "outdated_version", within: 60 * minute }],
  ["406", banned],
  ["409", rejected],
  ["411", rejected],
  ["413", later],
  ["414", later],
  ["415", later],
  ["418", later],
  ["500", retry],
  ["501", retry],
  ["503", retry],
])("the login fails with %s", async (reason, ending) => {
  const jid = await calm();
  const before = opened();
  bot.sim.faults.failLogin({ reason });
  await dial();
  await follows(ending, jid, before);
});

test("a temporary ban is waited out as long as WhatsApp says, through a restart too", async () => {
  const jid = await calm();
  const before = opened();
  bot.sim.faults.failLogin({ reason: "402", code: "101", expire: "7200" });
  await dial();
  await clock.until(() => bot.device.status().phase === "restricted", "the ban");
  clock.wind(60 * minute);
  await bot.restart();
  expect(bot.device.status()).toMatchObject({ phase: "restricted", reason: "temporarily_banned" });
  clock.wind(59 * minute);
  expect(bot.device.status().phase).toBe("restricted");
  await follows({ phase: "restricted", reason: "temporarily_banned", within: minute }, jid, before);
});

test("what WhatsApp says of a refused login is told with its end, in bounds", async () => {
  const jid = await calm();
  const before = opened();
  const said = {
    reason: "402",
    code: "101",
    expire: "60",
    url: "https://faq.whatsapp.com/1",
    violation_reason: "spam",
    appeal_token: "T0K3N-of-an-appeal",
    logout_message_header: "Your account is restricted",
    logout_message_subtext: "x".repeat(3_000),
  };
  bot.sim.faults.failLogin({ ...said, location: "frc" });
  await dial();
  await follows({ phase: "restricted", reason: "temporarily_banned", within: minute }, jid, before);
  const { data } = await bot.next("device.disconnected", (event) => event.data.failure?.url === said.url);
  expect(data.failure).toEqual({ ...said, logout_message_subtext: "x".repeat(2_000) });
});

test.each([401, 403, 405, 429, 500, 503] as const)(
  "the upgrade is refused with %p, by whoever stands between",
  async (status) => {
    const jid = await calm();
    const before = opened();
    bot.sim.faults.refuseUpgrade(status);
    await dial();
    await follows(retry, jid, before);
  },
);

test.each([
  ["hello", "cut"],
  ["login", "cut"],
] as const)("the handshake breaks off at the %s", async (stage, how) => {
  const jid = await calm();
  const before = opened();
  bot.sim.faults.breakHandshake(stage, how);
  await dial();
  await follows(retry, jid, before);
});

test.each(["hello", "login"] as const)(
  "the handshake never goes on after the %s: given up after a minute",
  async (stage) => {
    const jid = await calm();
    const before = opened();
    const stalled = bot.sim.until("handshake.broken");
    bot.sim.faults.breakHandshake(stage, "stall");
    await dial();
    await stalled;
    clock.wind(minute);
    await follows(retry, jid, before);
  },
);

test.each([
  ["cut", () => bot.sim.faults.cut()],
  ["closed", () => bot.sim.faults.close(1000)],
  ["closed with 1011", () => bot.sim.faults.close(1011)],
])("the line is %s", async (_how, strike) => {
  const jid = await calm();
  const before = opened();
  strike();
  await follows(retry, jid, before);
});

test("another client takes over: once is answered after a minute, twice is the end", async () => {
  const jid = await calm();
  const before = opened();
  bot.sim.faults.streamError({}, el("conflict", { type: "replaced" }));
  await follows({ phase: "waiting", reason: "replaced", within: minute }, jid, before);
  bot.sim.faults.streamError({}, el("conflict", { type: "replaced" }));
  await follows({ phase: "failed", reason: "replaced" }, jid, before + 1);
});

test("the phone removes the device: the credentials are gone, and only a scan helps", async () => {
  const jid = await calm();
  const before = opened();
  await bot.phone.unlink();
  await follows(revoked, jid, before);
});

test("a login is refused with 401: the same", async () => {
  const jid = await calm();
  const before = opened();
  bot.sim.faults.failLogin({ reason: "401" });
  await dial();
  await follows(revoked, jid, before);
  await bot.phone.unlink();
});

test("the stream ends with 401: the same", async () => {
  const jid = await calm();
  const before = opened();
  bot.sim.faults.streamError({ code: "401" });
  await follows(revoked, jid, before);
});
