import { describe, expect, test } from "bun:test";
import { earlyEnd } from "../../src/core/policy/early-end.ts";
import { type Stanza } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";
import { Watch } from "../watch.ts";
import { ToldClock } from "./told-clock.ts";

/** What the client asks, as `encrypt digest`. */
function questions(bot: TestBot): { asked: string[]; watch: Watch } {
  const asked: string[] = [];
  const watch = new Watch();
  bot.sim.network.tracer = (direction, _, { tag, attrs, content }: Stanza) => {
    if (direction !== "in" || tag !== "iq" || attrs["type"] === "result") return;
    const [about] = Array.isArray(content) ? content : [];
    asked.push(`${attrs["xmlns"]} ${about?.tag ?? ""}`.trim());
    watch.changed();
  };
  return { asked, watch };
}

const patient = ["privacy privacy", "blocklist"];
const among = (asked: readonly string[]) => asked.filter((each) => patient.includes(each));

test("what can wait is asked one after the other, and a connection of later asks at once", async () => {
  const clock = new ToldClock();
  await using bot = await startBot({ stands: { clock } });
  const { asked, watch } = questions(bot);
  const until = (holds: () => boolean, what: string) => watch.until(() => holds() || undefined, what);
  await bot.link();
  await bot.next("history.synced");
  await until(() => asked.some((each) => each.startsWith("w:sync:app:state")), "the account's state");
  await clock.until(() => clock.isWaiting(12_000), "both to wait");
  // 14 before; what is left: keys, being active, own LID, props, files, and the account's state.
  expect(asked.length).toBeLessThanOrEqual(11);
  expect(among(asked)).toEqual([]);
  expect(asked.filter((each) => each === "encrypt digest")).toHaveLength(1);
  for (const count of [1, 2]) {
    clock.wind(6_000);
    await until(() => among(asked).length === count, `question ${count}`);
  }
  expect(new Set(among(asked))).toEqual(new Set(patient));
  clock.wind(15 * 60_000);
  asked.length = 0;
  await bot.device.stop();
  await bot.device.start();
  await until(() => among(asked).length === 2, "both at once");
});

test.each([
  ["the phone or WhatsApp removes it", "401", "logged_out", "revoked", "WhatsApp does not say why"],
  ["WhatsApp locks the account", "403", "failed", "banned", "WhatsApp locked the account itself"],
])("a link that ends within minutes says what is known: %s", async (_, code, phase, reason, words) => {
  await using bot = await startBot();
  await bot.device.stop();
  const device = await bot.workspace.createDevice("shop");
  await bot.phone.scan((await device.qr()).qr);
  await bot.until(() => device.status().phase === "connected", "the link");
  bot.sim.faults.streamError({ code });
  const type = phase === "failed" ? "device.disconnected" : "device.logged_out";
  const { data } = await bot.next(type, (event) => event.device === "shop");
  expect(data).toMatchObject({ reason, message: expect.stringContaining(`less than two minutes (${code}). ${words}`) });
  expect(device.status().phase).toBe(phase as never);
  if (phase === "failed") return;
  const shown = (await (await bot.call("GET", "/v1/devices/shop")).json()) as { data: { message: string } };
  expect(shown.data.message).toContain(words);
});

describe("of an end", () => {
  test("after a quarter of an hour, or of the line, nothing is guessed", () => {
    expect(earlyEnd({ code: 401, origin: "stream" }, 14 * 60_000)).toContain("14 minutes (401)");
    expect(earlyEnd({ code: 401, origin: "stream" }, 15 * 60_000 + 1)).toBeNull();
    expect(earlyEnd({ code: 401, origin: "socket" }, 1_000)).toBeNull();
    expect(earlyEnd({ code: 515, origin: "stream" }, 1_000)).toBeNull();
    expect(earlyEnd({ code: 406, origin: "failure" }, 1_000)).toContain("less than two minutes (406)");
  });
});
