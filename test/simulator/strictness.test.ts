import { afterEach, beforeEach, expect, test } from "bun:test";
import type { BinaryNode } from "@whiskeysockets/baileys";
import { startMarch2026 } from "./march-2026.ts";
import type { Simulator } from "../../src/simulator/index.ts";
import { type Client, failure, linkedClient } from "./client.ts";

let sim: Simulator;
let client: Client;

beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
  client = await linkedClient(sim);
  await sim.until(() => sim.record.unsettled().length === 0);
});
afterEach(async () => {
  await client.disconnect();
  await sim.stop();
});

const S = "@s.whatsapp.net";
const ANN = "628123456789@s.whatsapp.net";
const enc = (type: string): BinaryNode => ({ tag: "enc", attrs: { v: "2", type }, content: Buffer.alloc(40, 0x33) });

test.each<[string, BinaryNode, string]>([
  ["a tag nobody knows", { tag: "nonsense", attrs: {} }, "sent a stanza the server does not know"],
  [
    "a namespace nobody knows",
    { tag: "iq", attrs: { id: "1", type: "get", xmlns: "nothing", to: S } },
    "asked what the server does not know",
  ],
  ["a query without an id", { tag: "iq", attrs: { type: "get", xmlns: "w:p", to: S } }, "sent a query without an id"],
  [
    "an answer to no question",
    { tag: "iq", attrs: { id: "9", type: "result", to: S } },
    "answered a query it was not asked",
  ],
  [
    "a receipt for what it never got",
    { tag: "receipt", attrs: { id: "3AFF", to: ANN } },
    "sent a receipt for 3AFF, which it never got",
  ],
  [
    "a receipt of no known type",
    { tag: "receipt", attrs: { id: "3AFF", to: ANN, type: "odd" } },
    "sent a receipt of unknown type",
  ],
  [
    "an ack for what it never got",
    { tag: "ack", attrs: { id: "3AFF", to: ANN, class: "message" } },
    "acknowledged what was not delivered to it",
  ],
  [
    "a message without a type",
    { tag: "message", attrs: { id: "1", to: ANN } },
    "sent a message without id, to or type",
  ],
  [
    "a first message without its identity",
    { tag: "message", attrs: { id: "1", to: ANN, type: "text" }, content: [enc("pkmsg")] },
    "sent a pkmsg without its device identity",
  ],
  [
    "a message for a device that is not there",
    { tag: "message", attrs: { id: "1", to: "628999999999@s.whatsapp.net", type: "text" }, content: [enc("msg")] },
    "which does not exist",
  ],
  ["a presence of no known type", { tag: "presence", attrs: { type: "asleep" } }, "sent a presence of unknown type"],
  ["a chatstate without a state", { tag: "chatstate", attrs: { to: ANN } }, "sent a chatstate without a state"],
  [
    "an ib nobody knows",
    { tag: "ib", attrs: {}, content: [{ tag: "odd", attrs: {} }] },
    "sent an ib the server does not know",
  ],
])("%s is noticed", async (_, stanza, sentence) => {
  sim.contact("628123456789");
  await client.socket.sendNode(stanza);
  await sim.until(() => sim.problems.length > 0);
  expect(sim.problems[0]).toContain(sentence);
  expect(() => sim.assertNoProblems()).toThrow(sentence);
  expect(sim.takeProblems()).toHaveLength(1);
  sim.assertNoProblems();
});

test("a query the server does not know is answered with an error, not with silence", async () => {
  expect(await failure(client.socket.query({ tag: "iq", attrs: { type: "get", xmlns: "nothing", to: S } }))).toBe(
    "feature-not-implemented",
  );
});

test("pre-keys of another identity are refused", async () => {
  const upload = {
    tag: "iq",
    attrs: { xmlns: "encrypt", type: "set", to: S },
    content: [
      { tag: "registration", attrs: {}, content: Buffer.alloc(4, 1) },
      { tag: "identity", attrs: {}, content: Buffer.alloc(32, 1) },
      { tag: "list", attrs: {}, content: [] },
    ],
  };
  expect(await failure(client.socket.query(upload))).toBe("not-acceptable");
  expect(sim.problems[0]).toContain("pre-keys uploaded for another identity");
});

test("bytes that are no WhatsApp at all end the connection and are told", async () => {
  const socket = new WebSocket(sim.url);
  const closed = new Promise<void>((resolve) => socket.addEventListener("close", () => resolve()));
  socket.addEventListener("open", () => socket.send(Buffer.from("GET / HTTP/1.1\r\n\r\n")));
  await closed;
  expect(sim.problems[0]).toContain("broke the stream: the stream starts with 47455420");
});
