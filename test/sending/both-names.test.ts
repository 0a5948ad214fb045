import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { SimulatedContact, SimulatorStart } from "../../src/simulator/index.ts";
import type { WoundClock } from "../clock.ts";
import type { TestBot } from "../harness.ts";
import { answers, day, hour, minute, settledNotices, text, told, world } from "./world.ts";

let bot: TestBot;
let clock: WoundClock;
/** By which names messages left. */
let to: string[];
let people = 0;

/** A bot of an account of this kind for the tests of a block; each has people of its own, and the hour to itself. */
function account(accounts: SimulatorStart["accounts"], more: SimulatorStart = {}): void {
  beforeAll(async () => {
    [bot, clock] = await world({ simulator: { ...more, ...(accounts && { accounts }) } });
    bot.sim.raw.trace(({ direction, stanza }) => {
      if (direction === "in" && stanza.tag === "message" && stanza.attrs["category"] !== "peer")
        to.push((stanza.attrs["to"] ?? "").endsWith("@lid") ? "lid" : "pn");
    });
  });
  afterAll(() => bot[Symbol.asyncDispose]());
  beforeEach(() => {
    to = [];
    clock.wind(2 * hour);
  });
}

const stranger = (): SimulatedContact => bot.contact(String(628_140_000_000 + people++), "Stranger");

async function whoWrote(): Promise<SimulatedContact> {
  const friend = stranger();
  const { id } = await friend.says("hi", { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === id);
  return friend;
}

/** They have it, and the bot knows that WhatsApp took it: no clock that is wound later lets it leave again. */
async function hears(friend: SimulatedContact, words: string, waId: string): Promise<void> {
  await friend.hears(words);
  await bot.next("message.sent", ({ data }) => data.id === waId);
}

const isHeld = (waId: string) =>
  bot.events.some(({ data }) => "reason" in data && data.reason === "contact_held" && "id" in data && data.id === waId);
const held = (waId: string) =>
  bot.next("message.waiting", ({ data }) => data.id === waId && data.reason === "contact_held");

/** `codes`: what the server answers before it judges by itself; then what it comes to. */
async function sentAs(friend: SimulatedContact, codes: readonly string[], expected: readonly string[]) {
  for (const code of codes) bot.sim.faults.refuseMessages(code);
  const sent = await text(bot, friend.number, "hello");
  if (expected.at(-1) === "ok") await bot.next("message.sent", ({ data }) => data.id === sent.waId);
  else await bot.next("message.failed", ({ data }) => data.id === sent.waId && data.code === expected.at(-1));
  expect(answers(bot, sent)).toEqual([...expected]);
  expect(isHeld(sent.waId)).toBe(false);
}

async function answered(friend: SimulatedContact, codes: readonly string[], expected: readonly string[]) {
  await sentAs(friend, codes, expected);
  if (expected.at(-1) === "ok") await friend.hears("hello");
  // What worked is remembered.
  const next = await text(bot, friend.number, "again");
  await hears(friend, "again", next.waId);
  expect(answers(bot, next)).toEqual(["ok"]);
}

describe("an account that has moved to LIDs", () => {
  account("migrated");

  test.each([
    [["400"], ["400", "463", "ok"]],
    [["463"], ["463", "463", "ok"]],
    [
      ["400", "400"],
      ["400", "463", "ok"],
    ],
  ])("%p holds nobody who wrote", async (codes, expected) => answered(await whoWrote(), codes, expected));

  test("an answer by the other name that was lost holds nobody who wrote", async () => {
    const friend = await whoWrote();
    bot.sim.faults.refuseMessages("400", 3);
    const isAnswer = ({ tag, attrs }: { tag: string; attrs: Record<string, string | undefined> }) =>
      tag === "ack" && attrs["class"] === "message";
    bot.sim.faults.at("out", { do: "drop" }, { skip: 1, when: isAnswer });
    const { waId } = await text(bot, friend.number, "hello");
    await bot.sim.until(() => answers(bot, { waId }).length === 2);
    await bot.until(() => clock.isWaiting(minute), "the bot to wait for the answer");
    clock.wind(minute + 1);
    await hears(friend, "hello", waId);
    expect(answers(bot, { waId })).toEqual(["400", "463", "400", "463", "ok"]);
    expect(isHeld(waId)).toBe(false);
  });

  test("one 400 holds no stranger, and the message arrives", async () => {
    await answered(stranger(), ["400"], ["400", "463", "ok"]);
    expect(to).toEqual(["lid", "pn", "lid", "lid"]);
  });

  test("a stranger is written to no third time after 463 by both names", async () => {
    bot.sim.faults.refuseMessages("463");
    const { waId } = await text(bot, stranger().number, "hello");
    await held(waId);
    clock.wind(23 * hour);
    await settledNotices(bot);
    expect(answers(bot, { waId })).toEqual(["463", "463"]);
  });

  test("malformed by its own name, it fails and holds nobody", () =>
    answered(stranger(), ["400", "463", "400"], ["400", "463", "400"]));

  test.each(["400", "421"])(
    "a group that answers %s is asked for anew, and gets the message once more",
    async (code) => {
      const friend = stranger();
      const group = bot.sim.group("Cooks", [friend, bot.phone]);
      bot.sim.faults.refuseMessages(code);
      const sent = await text(bot, group.id, "hello");
      await hears(friend, "hello", sent.waId);
      expect(answers(bot, sent)).toEqual([code, "ok"]);
      bot.sim.faults.refuseMessages(code, 2);
      const { waId } = await text(bot, group.id, "lost");
      await bot.next("message.failed", ({ data }) => data.id === waId && data.code === code);
      expect(answers(bot, { waId })).toEqual([code, code]);
    },
  );

  test("a status that is found malformed is sent once more", async () => {
    const audience = [(await whoWrote()).number];
    bot.sim.faults.refuseMessages("400");
    const content = { kind: "text", text: "post" } as const;
    const { waId } = await bot.device.outbox.send({ to: "status@broadcast", content, audience });
    await bot.next("message.sent", ({ data }) => data.id === waId);
    expect(answers(bot, { waId })).toEqual(["400", "ok"]);
  });
});

describe("an account that has not moved", () => {
  account("not-migrated");

  test.each([
    [["400"], ["400", "400"]],
    [["463"], ["463", "400", "ok"]],
  ])("%p holds nobody who wrote", async (codes, expected) => answered(await whoWrote(), codes, expected));
});

describe("an account that moves unseen", () => {
  account("not-migrated");

  test("holds nobody whose other name was tried before it moved", async () => {
    const friend = await whoWrote();
    await sentAs(friend, ["463"], ["463", "400", "ok"]);
    bot.phone.isMigrated(true);
    await sentAs(friend, [], ["463", "ok"]);
    expect(to).toEqual(["pn", "lid", "pn", "pn", "lid"]);
  });
});

describe("where either name would do", () => {
  account("unknown");

  test.each([
    [
      ["400", "463"],
      ["400", "463", "ok"],
    ],
    [
      ["463", "400"],
      ["463", "400", "ok"],
    ],
    [
      ["463", "463"],
      ["463", "463", "ok"],
    ],
  ])("%p holds nobody who wrote", async (codes, expected) => answered(await whoWrote(), codes, expected));

  test("an answer refused under a lock leaves as soon as WhatsApp lifts it", async () => {
    const friend = await whoWrote();
    const end = String(Math.floor((clock.now() + 3 * day) / 1000));
    bot.phone.restrict({ is_active: true, time_enforcement_ends: end }, { told: false });
    bot.sim.faults.refuseMessages("463");
    const { waId } = await text(bot, friend.number, "hello");
    await held(waId);
    await settledNotices(bot);
    expect(answers(bot, { waId })).toEqual(["463"]);
    bot.phone.restrict(undefined);
    await hears(friend, "hello", waId);
    expect(answers(bot, { waId })).toEqual(["463", "ok"]);
  });

  test("who was refused under a lock has another name still, once the lock is over", async () => {
    const friend = stranger();
    const end = String(Math.floor((clock.now() + hour) / 1000));
    bot.phone.restrict({ is_active: true, time_enforcement_ends: end }, { told: false });
    bot.sim.faults.refuseMessages("463");
    const { waId } = await text(bot, friend.number, "hello");
    await bot.next("message.waiting", ({ data }) => data.id === waId && data.reason === "time_locked");
    bot.phone.restrict(undefined, { told: false });
    bot.sim.faults.refuseMessages("463");
    clock.wind(hour + 30 * minute);
    await hears(friend, "hello", waId);
    expect(answers(bot, { waId })).toEqual(["463", "463", "ok"]);
    expect(to).toEqual(["pn", "pn", "lid"]);
  });

  test("more wrong names than an hour takes wait for the next one, and not for a day", async () => {
    const sent = [];
    const all = Array.from({ length: 7 }, stranger);
    for (const [place, one] of all.entries()) {
      bot.sim.faults.refuseMessages("463");
      const message = await text(bot, one.number, "hello");
      sent.push(message);
      await (place < 5 ? hears(one, "hello", message.waId) : held(message.waId));
    }
    const late = sent.slice(5);
    for (const { id } of late) {
      const { notBefore } = await bot.device.outbox.message(id);
      expect(notBefore - clock.now()).toBeLessThanOrEqual(hour);
    }
    expect(late.map((one) => answers(bot, one))).toEqual([["463"], ["463"]]);
    clock.wind(hour + minute);
    await Promise.all(all.slice(5).map((one, place) => hears(one, "hello", late[place]?.waId ?? "")));
    expect(late.map((one) => answers(bot, one))).toEqual([
      ["463", "ok"],
      ["463", "ok"],
    ]);
  });

  test("a new connection allows no more wrong names within the hour", async () => {
    const refused = async () => {
      const one = stranger();
      bot.sim.faults.refuseMessages("463");
      return [one, await text(bot, one.number, "hello")] as const;
    };
    for (let count = 0; count < 5; count++) {
      const [one, { waId }] = await refused();
      await hears(one, "hello", waId);
    }
    bot.sim.faults.cut();
    await bot.until(() => bot.device.status().phase !== "connected", "the line to break");
    clock.wind(minute);
    await bot.connected();
    const [late, { waId }] = await refused();
    await held(waId);
    expect(answers(bot, { waId })).toEqual(["463"]);
    clock.wind(hour + minute);
    await hears(late, "hello", waId);
  });

  // The last: Baileys waits for the question that was lost.
  test("who was held because nobody said what a refusal meant is let go when somebody does", async () => {
    const isMex = ({ attrs }: { attrs: Record<string, string | undefined> }) => attrs["xmlns"] === "w:mex";
    bot.sim.faults.at("in", { do: "drop" }, { when: isMex });
    bot.sim.faults.refuseMessages("463", 2);
    const friend = stranger();
    const { waId } = await text(bot, friend.number, "hello");
    await bot.until(() => told(bot, "message.waiting", waId).length === 1, "it to wait");
    clock.wind(2 * minute);
    await bot.until(() => told(bot, "message.waiting", waId).length === 2, "it to wait again");
    clock.wind(4 * minute);
    await held(waId);
    bot.phone.restrict(undefined);
    await hears(friend, "hello", waId);
  });
});

describe("two who wrote, and no word of what a refusal meant", () => {
  account("unknown");

  test("are let go together when it comes", async () => {
    const isMex = ({ attrs }: { attrs: Record<string, string | undefined> }) => attrs["xmlns"] === "w:mex";
    bot.sim.faults.at("in", { do: "drop" }, { when: isMex });
    bot.sim.faults.refuseMessages("463", 4);
    const friends = [await whoWrote(), await whoWrote()];
    const sent = await Promise.all(friends.map(({ number }) => text(bot, number, "hello")));
    const wait = (times: number) =>
      bot.until(
        () => sent.every(({ waId }) => told(bot, "message.waiting", waId).length === times),
        `them to wait, ${times}`,
      );
    await wait(1);
    clock.wind(2 * minute);
    await wait(2);
    bot.phone.restrict(undefined);
    await Promise.all(friends.map((friend, place) => hears(friend, "hello", sent[place]?.waId ?? "")));
  });
});

describe("without a salt", () => {
  account("migrated", { historySync: false });

  test("a token that comes right behind a refusal goes with the message, by the same name", async () => {
    const friend = stranger();
    friend.refusesStrangers();
    const { waId } = await text(bot, friend.number, "hello");
    await bot.sim.until(() => answers(bot, { waId }).length === 1);
    friend.trusts(bot.phone);
    await hears(friend, "hello", waId);
    expect(answers(bot, { waId })).toEqual(["463", "ok"]);
    expect(to).toEqual(["lid", "lid"]);
    expect(isHeld(waId)).toBe(false);
  });
});
