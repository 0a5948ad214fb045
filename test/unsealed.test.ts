import { afterAll, beforeAll, expect, test } from "bun:test";
import { is } from "../src/core/model/events/events.ts";
import { jpeg } from "./files.ts";
import { startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  await bot.link();
});
afterAll(async () => {
  bot.sim.assertNoProblems();
  await bot[Symbol.asyncDispose]();
});

const ann = () => bot.contact();
const undecryptable = (id: string) => bot.next("message.undecryptable", ({ data }) => data.id === id);
const received = (id: string) => bot.next("message.received", ({ data }) => data.id === id);

test("what is to be seen once and stays on the phone is told, and acknowledged", async () => {
  const said = await ann().sends({ kind: "image", bytes: await jpeg() }, { withheld: "view_once" });
  const { data } = await undecryptable(said.id);
  expect(data).toMatchObject({ reason: "view_once", chat: ann().jid, sender_phone: ann().number, push_name: "Ann" });
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
});

test("a message that companions got nothing of comes from the phone, once, as if it had come itself", async () => {
  const said = await ann().sends(
    { kind: "image", bytes: await jpeg(), caption: "Late" },
    { withheld: "unknown", by: "lid" },
  );
  const { data: early } = await undecryptable(said.id);
  expect(early).toMatchObject({ reason: "unavailable", chat: ann().jid, wire: { chat: ann().lid } });
  const { data } = await received(said.id);
  const { reason: _, ...envelope } = early;
  expect(data).toMatchObject({
    ...envelope,
    timestamp: expect.any(Number),
    content: { kind: "image", caption: "Late" },
  });
  if (data.content.kind !== "image") throw new Error("no image");
  const file = await bot.call("GET", data.content.url);
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(new Uint8Array(await jpeg()));
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  expect(
    bot.receiver.events.filter((event) => is(event, "message.received") && event.data.id === said.id),
  ).toHaveLength(1);
});
