import { expect, test } from "bun:test";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import { is } from "../../src/core/model/events/events.ts";
import { me } from "../../src/core/model/message/message-name.ts";
import type { Signal } from "../../src/core/ports/connector.ts";
import { mayHave } from "../../src/whatsapp/outbound/resends.ts";
import { outgoing } from "../store/house.ts";
import { type Listening, listening, taught } from "./listening.ts";
import { actors, type Actor, group, keyOf, numberOf, self, type Step, World } from "./world.ts";

const steps = 10_000;
/** Signals in one transaction. */
const together = 5;

/** Somebody says, edits or deletes something under an id that others use too. */
function spoken(world: World, count: number): Step {
  const author = world.dice.roll() < 0.25 ? self : world.pick(actors);
  const [peer, id] = [world.pick(actors), world.id()];
  const kind = world.dice.roll();
  if (kind < 0.5) return world.message(author, peer, id, { kind: "text", text: `words ${count}` });
  // As hostile as it gets: whose message they speak of is anybody's.
  const aimedAt = world.pick([...actors, self]);
  const sender = world.dice.roll() < 0.5 ? numberOf(aimedAt) : aimedAt.lid;
  const target = { id, sender, from_me: aimedAt === self };
  const content =
    kind < 0.8
      ? ({ kind: "edit", target, content: { kind: "text", text: `edited ${count}` } } as const)
      : ({ kind: "delete", target } as const);
  return world.message(author, peer, id, content);
}

/** Messages that the account sent, each into one chat. */
async function sentTo({ store, hear }: Listening) {
  const sent: { waId: string; to: Actor | null }[] = [];
  for (const to of [...actors, null])
    for (let count = 0; count < 5; count++) {
      const name = `${to?.name ?? "group"}-${count}`;
      const waId = `WA-${name}`;
      await store.messages.queue("d1", outgoing(name, { chat: to ? to.lid : group }));
      await hear([{ type: "ack", waId, error: null, at: 1 }]);
      sent.push({ waId, to });
    }
  return sent;
}

test.each([11, 23, 42])(
  "nobody changes, reads or gets what is not theirs, by whatever name (seed %d)",
  async (seed) => {
    const bot = await listening();
    await bot.hear(taught);
    const world = new World(seed);
    const sent = await sentTo(bot);
    const statuses = new Set<string>();
    const tally = { collided: 0, renamed: 0, asked: 0 };
    let waiting: Signal[] = [];
    for (let count = 0; count < steps; count++) {
      const kind = world.dice.roll();
      if (kind < 0.8) {
        const step = spoken(world, count);
        tally.collided += Number(step.collides);
        tally.renamed += Number(step.renamed);
        waiting.push(step.signal);
      } else {
        const [{ waId, to }, reader] = [world.pick(sent), world.pick(actors)];
        const { jid, renamed } = world.called(reader);
        tally.renamed += Number(renamed);
        const inGroup = world.dice.roll() < 0.5;
        const isTheirs = inGroup ? to === null : to === reader;
        if (kind < 0.95) {
          if (isTheirs) statuses.add(`${waId}|${inGroup ? numberOf(reader) : null}`);
          const from = { chat: inGroup ? group : jid, participant: inGroup ? jid : null };
          waiting.push({ type: "receipt", ...from, waIds: [waId], state: "read", at: count });
        } else {
          tally.asked++;
          const message = await bot.store.messages.byWaId("d1", waId);
          if (!message) throw new Error("a message went");
          const given = await mayHave({ ...message, delivery: null }, jid, {
            isOwn: (one) => one === numberOf(self) || one === self.lid,
            otherNameOf: async (one) => otherOf(one),
            membersOf: async () => [...actors, self].map(({ lid }) => lid),
          });
          expect(given, `${reader.name} asks for ${waId}`).toBe(to === null || to === reader);
        }
      }
      if (waiting.length < together) continue;
      await bot.hear(waiting);
      waiting = [];
    }
    await bot.hear(waiting);
    await expectKept(bot, world);
    const told = bot.events.filter((event) => is(event, "message.status"));
    expect(new Set(told.map(({ data }) => `${data.id}|${data.participant}`))).toEqual(statuses);
    expect(tally.collided).toBeGreaterThanOrEqual(steps * 0.2);
    expect(tally.renamed).toBeGreaterThanOrEqual(steps * 0.2);
    expect(tally.asked).toBeGreaterThan(100);
    expectNames(bot.events);
  },
  120_000,
);

const otherOf = (jid: string): string | null => {
  const found = [...actors, self].find((one) => numberOf(one) === jid || one.lid === jid);
  return found ? (found.lid === jid ? numberOf(found) : found.lid) : null;
};

/** Each message as its author left it, once, in one chat. */
async function expectKept({ store }: Listening, { messages }: World): Promise<void> {
  const kept = new Map<string, { text: string; deleted: boolean }>();
  for (let before: number | null = null; ;) {
    const page = await store.history.page("d1", { chat: null, search: null, before, limit: 500 });
    for (const { message } of page) {
      const { chat, sender, fromMe, id, content, deletedAt } = message;
      const key = keyOf({ chat, author: fromMe ? me : sender, id });
      expect(kept.has(key), `${key} is there once`).toBe(false);
      kept.set(key, { text: "text" in content ? content.text : "", deleted: deletedAt !== null });
    }
    before = page.at(-1)?.place ?? null;
    if (page.length < 500) break;
  }
  expect(kept.size).toBe(messages.size);
  for (const [key, expected] of messages) expect({ key, ...kept.get(key) }).toEqual({ key, ...expected });
  const chats = await store.history.chats("d1", { after: null, limit: 99 });
  expect(chats.map(({ jid }) => jid).toSorted()).toEqual([group, ...actors.map(numberOf)].toSorted());
}

/** Both names of everybody stand in every event, and one name for each chat. */
function expectNames(events: readonly BotEvent[]): void {
  const known = new Map([...actors, self].map((actor) => [numberOf(actor), actor]));
  for (const { type, data } of events) {
    if (!("wire" in data)) continue;
    const { chat, chat_phone: chatPhone, chat_lid: chatLid, sender, sender_phone: phone, sender_lid: lid } = data;
    expect({ type, phone, lid }).toEqual({
      type,
      phone: known.get(sender)?.phone ?? "",
      lid: known.get(sender)?.lid ?? "",
    });
    if (chat === group) continue;
    expect({ type, chatPhone, chatLid }).toEqual({
      type,
      chatPhone: known.get(chat)?.phone ?? "",
      chatLid: known.get(chat)?.lid ?? "",
    });
  }
}
