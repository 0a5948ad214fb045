import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { startMarch2026 } from "./march-2026.ts";
import type { SimulatedContact, Phone, Simulator } from "../../src/simulator/index.ts";
import { type Client, linkedClient } from "./client.ts";

const NUMBER = "6281100000001";
let sim: Simulator;
let client: Client;
let phone: Phone;
let ann: SimulatedContact;

beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
  client = await linkedClient(sim, NUMBER);
  phone = sim.phone(NUMBER);
  ann = sim.contact("628123456789", { name: "Ann" });
});
afterEach(async () => {
  await client.disconnect();
  await sim.stop();
});

describe.each(["pn", "lid"] as const)("one to one, addressed by %s", (by) => {
  test("a contact writes, the client answers, and both sides go on", async () => {
    const chat = by === "pn" ? ann.jid : ann.lid;
    const said = await ann.says("hi", { by });
    expect((await client.received("hi")).key).toMatchObject({ remoteJid: chat, fromMe: false, id: said.id });
    await said.receipted();

    const reply = await client.socket.sendMessage(chat, { text: "pong" });
    const heard = await ann.hears("pong");
    expect(heard).toMatchObject({ id: reply?.key.id, chat: by === "pn" ? phone.jid : phone.lid, fromMe: false });

    for (const text of ["one", "two", "three"]) {
      await ann.says(text, { by });
      await client.received(text);
      await client.socket.sendMessage(chat, { text: `re: ${text}` });
      await ann.hears(`re: ${text}`);
    }
    expect(ann.inbox.at(-1)?.encryption).toBe("msg");
    sim.assertNoProblems();
  });

  test("delivery and read receipts come back to the client", async () => {
    const chat = by === "pn" ? ann.jid : ann.lid;
    const sent = await client.socket.sendMessage(chat, { text: "seen?" });
    const heard = await ann.hears("seen?");
    heard.read();
    const reached = (status: number) => () =>
      client.events.some(
        ({ name, data }) =>
          (name === "messages.update" || name === "messages.upsert") &&
          JSON.stringify(data).includes(sent?.key.id ?? "?") &&
          JSON.stringify(data).includes(`"status":${status}`),
      );
    await client.until(reached(4), "the read receipt");
    await sim.until(() => sim.record.unsettled("receipt").length === 0);
    sim.assertNoProblems();
  });
});

test("the client writes first, to someone it never heard of", async () => {
  await client.socket.sendMessage(ann.jid, { text: "hello stranger" });
  expect(await ann.hears("hello stranger")).toMatchObject({ encryption: "pkmsg" });
  sim.assertNoProblems();
});

test("the own phone gets a copy of what the client sends", async () => {
  await client.socket.sendMessage(ann.jid, { text: "to ann" });
  expect(await phone.hears("to ann")).toMatchObject({ fromMe: true, chat: ann.jid });
});

test("what the own phone sends arrives at the client as its own", async () => {
  const said = await phone.says("from my phone", { to: ann });
  const message = await client.received("from my phone");
  expect(message.key).toMatchObject({ fromMe: true, remoteJid: ann.jid });
  await said.receipted();
  expect(sim.record.receipted(said.id)).toEqual(["sender"]);
  sim.assertNoProblems();
});

test("what was missed is delivered in order, marked offline, and once", async () => {
  await ann.says("before");
  await client.received("before");
  await sim.until(() => sim.record.unsettled("message").length === 0);
  await client.disconnect();

  const missed = await ann.saysMany(Array.from({ length: 20 }, (_, at) => `missed ${at}`));
  client.connect();
  await client.received("missed 19");
  expect(client.texts.filter((text) => text.startsWith("missed"))).toEqual(
    missed.map((one) => one.content.conversation!),
  );
  await sim.until(() => sim.record.unsettled("message").length === 0);
  for (const one of missed) {
    expect(sim.record.of(one.id)[0]?.delivered).toMatchObject([{ offline: true }]);
  }
  sim.assertNoProblems();
});

test("a receipt that waited for the client is delivered later", async () => {
  await client.socket.sendMessage(ann.jid, { text: "ping" });
  const heard = await ann.hears("ping");
  await sim.until(() => sim.record.unsettled("receipt").length === 0);
  await client.disconnect();
  heard.read();
  expect(sim.record.unsettled("receipt")).toHaveLength(1);
  client.connect();
  await client.opened();
  await sim.until(() => sim.record.unsettled("receipt").length === 0);
});

test("a client that lost its session asks again and gets the message a second time", async () => {
  await ann.says("one");
  await client.received("one");
  await client.socket.sendMessage(ann.jid, { text: "two" });
  await ann.hears("two"); // from now on Ann sends plain ratchet messages
  client.auth.forget("session");
  const said = await ann.says("three");
  await client.received("three");
  expect(sim.record.receipted(said.id)).toContain("retry");
  expect(sim.record.of(said.id)).toHaveLength(2);
  sim.assertNoProblems();
});

test("a contact that lost its session asks the client again", async () => {
  await ann.says("one");
  await client.received("one");
  await client.socket.sendMessage(ann.jid, { text: "two" });
  await ann.hears("two");
  await client.socket.sendMessage(ann.jid, { text: "three" });
  await ann.hears("three");
  ann.forgetsSessions();
  await client.socket.sendMessage(ann.jid, { text: "four" });
  await sim.until("message.undecryptable");
  await ann.hears("four");
});

test("the client learns which numbers are on WhatsApp", async () => {
  const known = await client.socket.onWhatsApp(ann.number, "628999999999");
  expect(known).toEqual([{ jid: ann.jid, exists: true }]);
});

test("nothing of the sessions is printed when one is closed", async () => {
  const printed: unknown[][] = [];
  const names = ["log", "info", "warn", "error", "debug"] as const;
  const originals = names.map((name) => [name, console[name]] as const);
  for (const name of names) console[name] = (...words: unknown[]) => void printed.push(words);
  try {
    await ann.says("one");
    await client.received("one");
    ann.forgetsSessions();
    await ann.says("two"); // a new session takes the place of the first, which libsignal closes
    await client.received("two");
    await ann.says("three");
    await client.received("three");
  } finally {
    for (const [name, original] of originals) console[name] = original;
  }
  expect(printed).toEqual([]);
});

test("one-time pre-keys are spent once, and the client is asked for more when they run low", async () => {
  const device = sim.phone(NUMBER).linkedDevices()[0];
  const before = device?.preKeys ?? 0;
  await ann.says("hi");
  expect(sim.phone(NUMBER).linkedDevices()[0]?.preKeys).toBe(before - 1);
  phone.user.linked[0]?.preKeys.drain(4);
  const others = Array.from({ length: 2 }, (_, at) => sim.contact(`62813000000${at}`));
  for (const one of others) await one.says("hello");
  await sim.until(() => (sim.phone(NUMBER).linkedDevices()[0]?.preKeys ?? 0) > 4);
  sim.assertNoProblems();
});
