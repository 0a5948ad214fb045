import { expect, test } from "bun:test";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import { is } from "../../src/core/model/events/events.ts";
import type { ActionOf } from "../../src/core/model/content/action.ts";
import type { MessageRef } from "../../src/core/model/content/parts.ts";
import { me } from "../../src/core/model/message/message-name.ts";
import type { Signal } from "../../src/core/ports/connector.ts";
import { mayHave } from "../../src/whatsapp/outbound/resends.ts";
import { outgoing } from "../store/house.ts";
import { type Listening, listening, taught } from "./listening.ts";
import { actors, type Actor, group, keyOf, numberOf, self, type Step, World } from "./world.ts";

const steps = 10_000;
/** Signals in one transaction. */
const together = 5;

/** What is said and done, and how much of it at least there is: shares of all steps. */
const shares = { text: 0.15, quote: 0.05, edit: 0.1, delete: 0.06, reaction: 0.05, poll_vote: 0.04, pin: 0.04 };
type Done = keyof typeof shares;

/** Somebody says or does something under an id that others use too. */
function spoken(world: World, count: number): Step & { done: Done } {
  const author = world.dice.roll() < 0.25 ? self : world.pick(actors);
  const [peer, id] = [world.pick(actors), world.id()];
  const kind = world.dice.roll();
  if (kind < 0.4) {
    const quotes = kind < 0.12 ? world.pick([...actors, self]) : null;
    const step = world.message(author, peer, id, { kind: "text", text: `words ${count}` }, quotes);
    return { ...step, done: quotes ? "quote" : "text" };
  }
  // As hostile as it gets: whose message they speak of is anybody's.
  const aimedAt = world.pick([...actors, self]);
  const sender = world.dice.roll() < 0.5 ? numberOf(aimedAt) : aimedAt.lid;
  const target = { id, sender, from_me: aimedAt === self };
  const content = doneTo(target, kind, count);
  return { ...world.message(author, peer, id, content), done: content.kind };
}

function doneTo(target: MessageRef, kind: number, count: number): ActionOf<Exclude<Done, "text" | "quote">> {
  if (kind < 0.6) return { kind: "edit", target, content: { kind: "text", text: `edited ${count}` } };
  if (kind < 0.73) return { kind: "delete", target };
  if (kind < 0.83) return { kind: "reaction", target, emoji: "👍" };
  if (kind < 0.92) return { kind: "poll_vote", target, options: [`option ${count}`] };
  return { kind: "pin", target, pinned: count % 2 === 0, seconds: 86_400 };
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
    const done = new Map<Done, number>();
    let waiting: Signal[] = [];
    for (let count = 0; count < steps; count++) {
      const kind = world.dice.roll();
      if (kind < 0.8) {
        const step = spoken(world, count);
        done.set(step.done, (done.get(step.done) ?? 0) + 1);
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
    for (const [kind, share] of Object.entries(shares))
      expect(done.get(kind as Done) ?? 0, kind).toBeGreaterThanOrEqual(steps * share);
    expectAims(bot.events, world);
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
  const kept = new Map<string, { text: string; deleted: boolean; quoted: string | null }>();
  for (let before: number | null = null; ;) {
    const page = await store.history.page("d1", { chat: null, search: null, before, limit: 500 });
    for (const { message } of page) {
      const { chat, sender, fromMe, id, content, context, deletedAt } = message;
      const key = keyOf({ chat, author: fromMe ? me : sender, id });
      expect(kept.has(key), `${key} is there once`).toBe(false);
      const quoted = context.reply_to?.sender ?? null;
      kept.set(key, { text: "text" in content ? content.text : "", deleted: deletedAt !== null, quoted });
    }
    before = page.at(-1)?.place ?? null;
    if (page.length < 500) break;
  }
  expect(kept.size).toBe(messages.size);
  for (const [key, expected] of messages) expect({ key, ...kept.get(key) }).toEqual({ key, ...expected });
  const chats = await store.history.chats("d1", { after: null, limit: 99 });
  expect(chats.map(({ jid }) => jid).toSorted()).toEqual([group, ...actors.map(numberOf)].toSorted());
}

/** What is done to a message is told of that one: its author by the one name, in the chat where it was done. */
function expectAims(events: readonly BotEvent[], { aims }: World): void {
  const told = new Map<string, { id: string; sender: string | null; chat: string }>();
  for (const { data } of events) {
    if (!("target" in data) || typeof data.target !== "object" || !("wire" in data)) continue;
    const { id, sender, from_me: fromMe } = data.target;
    expect(fromMe, data.id).toBe(sender === numberOf(self));
    told.set(data.id, { id, sender, chat: data.chat });
  }
  expect(told).toEqual(aims);
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
