import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { getAggregateVotesInPollMessage, type WAMessage } from "@whiskeysockets/baileys";
import { startMarch2026 } from "./march-2026.ts";
import { type SimulatedContact, openVote, type Phone, type Simulator } from "../../src/simulator/index.ts";
import { type Client, linkedClient } from "./client.ts";

let sim: Simulator;
let client: Client;
let phone: Phone;
let ann: SimulatedContact;

beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
  client = await linkedClient(sim, "6281100000001");
  phone = sim.phone("6281100000001");
  ann = sim.contact("628123456789", { name: "Ann" });
});
afterEach(async () => {
  await client.disconnect();
  await sim.stop();
});

function event(name: string): Promise<string> {
  return client.until(() => {
    const found = client.events.find((one) => one.name === name);
    return found && JSON.stringify(found.data);
  }, `the event ${name}`);
}

function messageBy(look: (message: WAMessage) => boolean, what: string): Promise<WAMessage> {
  return client.until(() => client.messages.find(({ message }) => look(message))?.message, what);
}

describe("a contact", () => {
  test("reacts to what the client said", async () => {
    const sent = await client.socket.sendMessage(ann.jid, { text: "joke" });
    await ann.reacts(await ann.hears("joke"), "😂");
    const reaction = await event("messages.reaction");
    expect(reaction).toContain("😂");
    expect(reaction).toContain(sent?.key.id ?? "?");
  });

  test("edits and deletes its own message", async () => {
    const said = await ann.says("helo");
    await client.received("helo");
    await ann.edits(said, "hello");
    await client.until(
      () => client.events.some(({ data }) => JSON.stringify(data).includes('"editedMessage"')),
      "the edit",
    );
    await ann.deletes(said);
    await client.until(
      () =>
        client.events.some(
          ({ name, data }) => name === "messages.update" && JSON.stringify(data).includes('"messageStubType":1'),
        ),
      "the deletion",
    );
    sim.assertNoProblems();
  });

  test("quotes", async () => {
    await client.socket.sendMessage(ann.jid, { text: "tea or coffee?" });
    await ann.replies(await ann.hears("tea or coffee?"), "tea");
    const message = await client.received("tea");
    expect(message.message?.extendedTextMessage?.contextInfo?.quotedMessage?.extendedTextMessage?.text).toBe(
      "tea or coffee?",
    );
  });

  test.each(["pn", "lid"] as const)("votes on the client's poll, addressed by %s", async (by) => {
    const chat = by === "pn" ? ann.jid : ann.lid;
    const poll = await client.socket.sendMessage(chat, {
      poll: { name: "Lunch?", values: ["Soup", "Rice"], selectableCount: 1 },
    });
    const heard = await ann.hears((one) => Boolean(one.message.pollCreationMessageV3));
    await ann.votes(heard, ["Rice"]);
    const vote = await messageBy((message) => Boolean(message.message?.pollUpdateMessage), "the vote");
    expect(vote.message?.pollUpdateMessage?.pollCreationMessageKey?.id).toBe(poll?.key.id);
  });

  test("asks a poll", async () => {
    const asked = await ann.asks("When?", ["Today", "Tomorrow"]);
    const message = await messageBy((one) => Boolean(one.message?.pollCreationMessageV3), "the poll");
    expect(message.key.id).toBe(asked.id);
    expect(
      getAggregateVotesInPollMessage({ message: message.message ?? null, pollUpdates: [] }).map(({ name }) => name),
    ).toEqual(["Today", "Tomorrow"]);
  });

  test("types, records and is seen online", async () => {
    await client.socket.presenceSubscribe(ann.jid);
    await client.until(() => client.events.some(({ name }) => name === "presence.update"), "the first presence");
    ann.comesOnline();
    ann.types("composing");
    ann.types("recording");
    ann.types("paused");
    ann.goesOffline();
    const states = () =>
      client.events.flatMap(({ name, data }) =>
        name === "presence.update"
          ? Object.values((data as { presences: Record<string, { lastKnownPresence: string }> }).presences)
          : [],
      );
    await client.until(() => states().length === 6, "six presences");
    expect(states().map(({ lastKnownPresence }) => lastKnownPresence)).toEqual([
      "unavailable",
      "available",
      "composing",
      "recording",
      "available",
      "unavailable",
    ]);
  });

  test("calls, and the client declines", async () => {
    const call = ann.calls({ video: true });
    const offered = await event("call");
    expect(offered).toContain(`"id":"${call.id}"`);
    expect(offered).toContain('"isVideo":true');
    await client.socket.rejectCall(call.id, ann.jid);
    await call.rejected();
    call.hangsUp("timeout");
    await client.until(
      () => client.events.some(({ data }) => JSON.stringify(data).includes('"status":"timeout"')),
      "the missed call",
    );
    await sim.until(() => sim.record.unsettled("call").length === 0);
    sim.assertNoProblems();
  });

  test("writes from a companion, and reads on it", async () => {
    const web = ann.addsCompanion();
    await ann.says("from my laptop", { from: web });
    const said = await client.received("from my laptop");
    expect(sim.record.of(said.key.id ?? "")[0]?.from).toBe(web.jid());
    const both = sim.until("companion.heard");
    await client.socket.sendMessage(ann.jid, { text: "to all your devices" });
    await ann.hears("to all your devices");
    expect(await both).toMatchObject({ device: web.jid() });
    ann.removesCompanion(web);
    await sim.until(() => sim.record.unsettled("notification").length === 0);
    await client.socket.sendMessage(ann.jid, { text: "to your phone" });
    await ann.hears("to your phone");
    sim.assertNoProblems();
  });

  test("gets a companion while the client talks to it: the client learns of it", async () => {
    await client.socket.sendMessage(ann.jid, { text: "one" });
    await ann.hears("one");
    const web = ann.addsCompanion();
    await sim.until(() => sim.record.unsettled("notification").length === 0);
    const both = sim.until("companion.heard");
    await client.socket.sendMessage(ann.jid, { text: "two" });
    await ann.hears("two");
    expect(await both).toMatchObject({ device: web.jid() });
    sim.assertNoProblems();
  });
});

describe("the client", () => {
  test("reacts, edits and deletes", async () => {
    const said = await ann.says("hi");
    const { key } = await client.received("hi");
    await client.socket.sendMessage(ann.jid, { react: { text: "❤️", key } });
    const reaction = await ann.hears((heard) => heard.message.reactionMessage?.text === "❤️");
    expect(reaction.message.reactionMessage?.key?.id).toBe(said.id);
    const sent = await client.socket.sendMessage(ann.jid, { text: "helo" });
    await ann.hears("helo");
    await client.socket.sendMessage(ann.jid, { text: "hello", edit: sent!.key });
    const edited = await ann.hears((heard) => Boolean(heard.message.protocolMessage?.editedMessage));
    expect(edited.message.protocolMessage?.editedMessage?.extendedTextMessage?.text).toBe("hello");
    await client.socket.sendMessage(ann.jid, { delete: sent!.key });
    const deleted = await ann.hears((heard) =>
      Boolean(heard.message.protocolMessage?.key && !heard.message.protocolMessage.editedMessage),
    );
    expect(deleted.message.protocolMessage?.key?.id).toBe(sent?.key.id);
    sim.assertNoProblems();
  });

  test("asks a poll whose secret reaches the contact, whose vote opens", async () => {
    await client.socket.sendMessage(ann.jid, { poll: { name: "Lunch?", values: ["Soup", "Rice"] } });
    const heard = await ann.hears((one) =>
      Boolean(one.message.pollCreationMessageV3 ?? one.message.pollCreationMessage),
    );
    const vote = await ann.votes(heard, ["Soup"]);
    expect(openVote(heard, vote.content, ann.jid)).toEqual(["Soup"]);
  });

  test("types to a contact", async () => {
    const typed = sim.until("chat-state");
    await client.socket.sendPresenceUpdate("composing", ann.jid);
    expect(await typed).toMatchObject({ to: ann.jid, state: "composing" });
    const recorded = sim.until("chat-state");
    await client.socket.sendPresenceUpdate("recording", ann.jid);
    expect(await recorded).toMatchObject({ state: "recording" });
  });

  test("sends read receipts", async () => {
    const said = await ann.says("read me");
    const { key } = await client.received("read me");
    await said.receipted();
    await client.socket.readMessages([key]);
    expect(await said.seen()).toBe("read");
    sim.assertNoProblems();
  });
});

test("the own phone reacts and deletes, seen at the client as its own", async () => {
  await ann.says("hi");
  await client.received("hi");
  const heard = await phone.hears("hi");
  await phone.reacts(heard, "👍");
  expect(await event("messages.reaction")).toContain("👍");
});
