import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { proto } from "@whiskeysockets/baileys";
import type { Content } from "../src/core/model/content/content.ts";
import { type Action, isAction } from "../src/core/model/content/action.ts";
import { type EventType, eventOfAction } from "../src/core/model/events/events.ts";
import { el } from "../src/simulator/index.ts";
import { encodeMessage } from "./golden/encode.ts";
import { goldens } from "./golden/cases.ts";
import { startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

interface Given {
  group?: true;
  deviceSentMessage?: object;
}

/** By phone number, as of old, and by LID, as WhatsApp addresses more and more. */
const ways = ["pn", "lid"] as const;

for (const [kind, cases] of await goldens(join(import.meta.dir, "golden/messages"))) {
  for (const { name, given, expected } of cases) {
    const { group, ...message } = given as Given;
    if (group || message.deviceSentMessage) continue;
    test.each(ways)(`contact → bot: ${name}, by %s`, async (by) => {
      const { content, ...context } = expected as { content: Content | Action };
      const ann = bot.contact();
      const said = isNewer(message) ? newer(message, by) : await ann.says(message, { by });
      const type: EventType = isAction(content) ? eventOfAction[content.kind] : "message.received";
      const { data } = await bot.next(type, (event) => event.data.id === said.id);
      const { kind: _, ...action } = content;
      const told = isAction(content) ? action : { content, ...context };
      const wire = by === "lid" ? ann.lid : ann.jid;
      const sender = {
        sender: ann.jid,
        sender_phone: ann.number,
        sender_lid: ann.lid,
        chat: ann.jid,
        wire: { chat: wire, sender: wire },
      };
      expect(data).toMatchObject({ ...sender, from_me: false, ...stable(told) });
      expect(kind).toBe(content.kind);
    });
  }
}

/** Whether a message has fields that the simulator's people cannot say. */
const isNewer = (message: object): boolean =>
  proto.Message.encode(proto.Message.fromObject(message)).finish().length < encodeMessage(message).length;

/** Ann's phone is newer than she is. */
function newer(message: object, by: (typeof ways)[number]): { id: string } {
  const ann = bot.contact();
  const device = bot.phone.user.linked[0]?.jid() ?? "";
  const id = `3EB0${crypto.randomUUID().replaceAll("-", "").slice(0, 18).toUpperCase()}`;
  const names = by === "lid" ? { from: ann.lid, sender_pn: ann.jid } : { from: ann.jid, sender_lid: ann.lid };
  const attrs = { id, ...names, t: String(Math.floor(Date.now() / 1_000)), type: "text", notify: "Ann" };
  bot.sim.raw.queue(device, el("message", attrs, bot.sim.raw.seal(ann.user.phone, device, encodeMessage(message))));
  return { id };
}

test("every kind comes in through a group", async () => {
  const ann = bot.contact();
  const group = bot.sim.group("Everything", [ann, bot.phone]);
  for (const [, [first]] of await goldens(join(import.meta.dir, "golden/messages"))) {
    if (!first) throw new Error("a golden file without a case");
    if (isNewer(first.given as object)) continue;
    const { group: _, deviceSentMessage: __, ...message } = first.given as Given;
    const { content } = first.expected as { content: Content | Action };
    const said = await ann.says(message, { to: group });
    const type: EventType = isAction(content) ? eventOfAction[content.kind] : "message.received";
    const { data } = await bot.next(type, (event) => event.data.id === said.id);
    expect(data).toMatchObject({ chat: group.id, is_group: true, sender_lid: ann.lid, sender_phone: ann.number });
  }
});

test("a contact is given a token with the first message, not with each", async () => {
  const citra = bot.contact("628999000111", "Citra");
  let tokens = 0;
  bot.sim.network.tracer = (direction, _connection, { tag, attrs }) => {
    if (direction === "in" && tag === "iq" && attrs["xmlns"] === "privacy") tokens++;
  };
  for (const text of ["1", "2", "3", "4", "5"]) {
    const { waId } = await bot.device.outbox.send({ to: citra.number, content: { kind: "text", text } });
    await citra.hears(({ id }) => id === waId);
  }
  bot.sim.network.tracer = undefined;
  expect(tokens).toBe(1);
});

/** Without what differs by account and run: the file's id, keys and secrets. */
function stable(value: unknown): object {
  const text = JSON.stringify(value, (key, each: unknown) =>
    ["media_id", "url", "messageSecret", "messageContextInfo", "target", "senderTimestampMs"].includes(key)
      ? undefined
      : each,
  );
  return JSON.parse(text);
}
