import { expect, test } from "bun:test";
import type { GroupChat, SimulatedContact } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";
import { saysText, textsOf } from "./heard.ts";

interface Place {
  /** The chat, as WhatsApp names it. */
  chat: string;
  sender: string;
  says: (text: string) => Promise<{ id: string; receipted: () => Promise<unknown> }>;
}

/** The story of the walking bot: hears, answers a command, is told to write, restarts, catches up in order. */
async function walk(bot: TestBot, ann: SimulatedContact, { chat, sender, says }: Place): Promise<void> {
  const hello = await says("hello");
  const { data } = await bot.receiver.next("message.received", (event) => event.data.id === hello.id);
  expect(data).toMatchObject({
    chat,
    sender,
    sender_phone: ann.number,
    sender_lid: ann.lid,
    from_me: false,
    is_group: chat.endsWith("@g.us"),
    content: { kind: "text", text: "hello" },
  });
  await hello.receipted();

  await says("!ping");
  await ann.hears("pong");

  const answer = await bot.call("POST", "/v1/devices/default/messages", { to: chat, text: "from the API" });
  expect(answer.status).toBe(202);
  const heard = await ann.hears("from the API");
  await bot.receiver.next("message.sent", (event) => event.data.id === heard.id);
  heard.read();
  await bot.receiver.next("message.status", (event) => event.data.id === heard.id && event.data.status === "read");

  await bot.stop();
  const missed = ["one", "two", "three"];
  for (const text of missed) await says(text);
  await bot.start();
  await says("four");
  await bot.receiver.next("message.received", saysText("four"));
  expect(textsOf(bot.receiver.events).slice(-4)).toEqual([...missed, "four"]);
  expect(new Set(bot.receiver.events.map(({ id }) => id)).size).toBe(bot.receiver.events.length);

  await bot.connected();
  await says("!ping");
  await ann.hears("pong");
  await bot.sim.until(() => bot.sim.record.unsettled("message").length === 0);
  bot.sim.assertNoProblems();
}

test.each(["lid", "pn"] as const)("walks in a group whose members are named by %s", async (addressing) => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  const cat = bot.contact("628123456780", "Cat");
  const group: GroupChat = bot.sim.group("Family", [ann, cat, bot.phone], { addressing });
  await walk(bot, ann, {
    chat: group.id,
    sender: ann.jid,
    says: (text) => ann.says(text, { to: group }),
  });
  await cat.hears("from the API");
});

test("walks in a chat of two that is addressed by LID", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  await walk(bot, ann, {
    chat: ann.jid,
    sender: ann.jid,
    says: (text) => ann.says(text, { to: bot.phone, by: "lid" }),
  });
});
