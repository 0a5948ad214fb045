import { afterEach, beforeEach, expect, test } from "bun:test";
import { WoundClock } from "./clock.ts";
import { startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
let clock: WoundClock;
beforeEach(async () => {
  clock = new WoundClock();
  bot = await startBot({ simulator: { profile: "newest", history: "inline", appState: "patches" }, stands: { clock } });
});
afterEach(() => bot[Symbol.asyncDispose]());

const ask = (chat: string, body?: object) => bot.call("POST", `/v1/devices/default/chats/${chat}/history`, body);

test("messages from before are asked of the phone, found afterwards, and their end is told", async () => {
  const ann = bot.contact();
  await bot.link();
  const known = await ann.says("today", { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === known.id);
  // What the phone has from before and did not tell when it was linked.
  const kept = bot.phone.user.history.chats.get(ann.jid) ?? [];
  const older = ["longest ago", "long ago", "a while ago"].map((conversation, at) => ({
    id: `3AOLD${at}`,
    fromMe: false,
    participant: undefined,
    at: 1_600_000_000 + at,
    content: { conversation },
  }));
  kept.unshift(...older);
  const answer = await ask(ann.number, { count: 2 });
  expect(answer.status).toBe(202);
  const { data } = (await answer.json()) as { data: { request: string; before: { id: string } } };
  expect(data.before.id).toBe(known.id);
  const told = await bot.next("history.synced", (event) => event.data.request === data.request);
  expect(told.data).toMatchObject({ messages: 2, end: false });
  const found = await bot.device.chatHistory.messages({ chat: null, search: "ago", before: null, limit: 10 });
  expect(found).toHaveLength(2);
  const more = (await (await ask(ann.number)).json()) as { data: { request: string } };
  await bot.next("history.synced", (event) => event.data.request === more.data.request && event.data.messages === 1);
  const last = (await (await ask(ann.number)).json()) as { data: { request: string } };
  await bot.next("history.synced", (event) => event.data.request === last.data.request && event.data.end === true);
});

test("a chat of which nothing is known has nothing older to ask for; fields that are none are refused", async () => {
  await bot.link();
  expect((await ask("628999888777")).status).toBe(404);
  for (const body of [{ count: 0 }, { count: 51 }, { amount: 5 }])
    expect((await ask("628999888777", body)).status).toBe(400);
});

test("a phone that says nothing is told as a refusal", async () => {
  const ann = bot.contact();
  await bot.link();
  const known = await ann.says("today", { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === known.id);
  bot.sim.faults.at("in", { do: "drop" }, { when: "message", times: 10 });
  const { data } = (await (await ask(ann.number)).json()) as { data: { request: string } };
  clock.wind(60_000);
  const told = await bot.next("history.refused", (event) => event.data.request === data.request);
  expect(told.data.reason).toBe("no_answer");
});
