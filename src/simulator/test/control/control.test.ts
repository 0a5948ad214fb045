import { afterEach, beforeEach, expect, test } from "bun:test";
import type { MessageContent } from "../../content/content.ts";
import type { SimulatedContact } from "../../people/contact.ts";
import { decodePreKeyMessage, encodePreKeyMessage } from "../../signal/wire.ts";
import { type Simulator, startSimulator } from "../../simulator.ts";
import { child, children, el, type Stanza } from "../../wire/stanza.ts";
import { ControlClient, type Quirks } from "./client.ts";
import { encOf, ControlOutbox } from "./outbox.ts";

/** Bytes of a ratchet message's MAC, at its end. */
const MAC = 8;

let sim: Simulator;
let client: ControlClient;

beforeEach(async () => {
  sim = await startSimulator({ seed: 7, historySync: false });
});
afterEach(async () => {
  client?.close();
  await sim.stop();
});

async function linked(quirks: Quirks = {}): Promise<SimulatedContact> {
  const ann = sim.contact("628123456789", { name: "Ann" });
  client = new ControlClient(sim, quirks);
  await client.link();
  return ann;
}

const text: MessageContent = { conversation: "hello" };
const image: MessageContent = { imageMessage: { mimetype: "image/jpeg", caption: "a picture" } };

/** What everybody says and does to the client in one life, so that each kind of stanza is to be settled once. */
async function life(ann: SimulatedContact): Promise<void> {
  const phone = sim.phone("6281100000001");
  const family = sim.group("Family", [ann, phone]);
  await ann.says("to you");
  await ann.says("to all", { to: family });
  await phone.says("from my phone", { to: ann });
  await ann.postsStatus("a status");
  ann.calls({ to: phone }).hangsUp();
  const heard = new ControlOutbox(client);
  client.send(await heard.direct(ann.lid, text));
  (await ann.hears("hello")).read();
  sim.faults.ping("bare");
  sim.faults.ping("untyped");
  sim.faults.ping("child");
}

/** Lives, and waits for what is owed. */
async function whole(quirks: Quirks): Promise<readonly string[]> {
  await life(await linked(quirks));
  await sim.settles(400);
  return sim.problems;
}

test("the control client itself does nothing wrong", async () => {
  expect(await whole({})).toEqual([]);
  expect(client.seen.some(({ tag }) => tag === "status")).toBe(true);
  expect(client.seen.filter(({ attrs }) => attrs["xmlns"] === "urn:xmpp:ping")).toHaveLength(3);
});

const isTo = (stanza: Stanza, tag: string, type?: string): boolean =>
  stanza.tag === tag && (type === undefined || stanza.attrs["type"] === type);
const changed = (stanza: Stanza, attrs: Record<string, string | undefined>): Stanza[] => [
  el(stanza.tag, { ...stanza.attrs, ...attrs }, stanza.content),
];
const isGroup = ({ attrs }: Stanza): boolean => attrs["from"]?.endsWith("@g.us") ?? false;
const isCopy = ({ attrs }: Stanza): boolean => attrs["recipient"] !== undefined;

/** One fault in what settles a stanza, and the sentence it must bring. */
const ANSWERS: readonly [string, NonNullable<Quirks["answers"]>, string][] = [
  ["an unsettled message", (_, to) => (isTo(to, "message") ? [] : undefined), "left a stanza unsettled: <message"],
  ["an unsettled receipt", (_, to) => (isTo(to, "receipt") ? [] : undefined), "left a stanza unsettled: <receipt"],
  ["an unsettled notification", (_, to) => (isTo(to, "notification") ? [] : undefined), "unsettled: <notification"],
  ["an unsettled call", (_, to) => (isTo(to, "call") ? [] : undefined), "left a stanza unsettled: <call"],
  ["an unsettled status", (_, to) => (isTo(to, "status") ? [] : undefined), "left a stanza unsettled: <status"],
  ["no answer to a ping", (_, to) => (isTo(to, "iq") ? [] : undefined), "left a ping of the server unanswered"],
  [
    "a receipt to somebody else",
    (right, to) => (isTo(to, "message") && !isCopy(to) ? changed(right, { to: "1@lid" }) : undefined),
    "names 1@lid, not",
  ],
  [
    "a group's receipt without the participant",
    (right, to) => (isTo(to, "message") && isGroup(to) ? changed(right, { participant: undefined }) : undefined),
    "names the participant undefined, not",
  ],
  [
    "a receipt with another's participant",
    (right, to) => (isTo(to, "message") && isGroup(to) ? changed(right, { participant: "1@lid" }) : undefined),
    "names the participant 1@lid, not",
  ],
  [
    "a copy receipted as if another had sent it",
    (right, to) => (isCopy(to) ? changed(right, { type: undefined }) : undefined),
    "a copy of one's own message is settled as sender",
  ],
  [
    "a copy that is acknowledged and not receipted",
    (right, to) =>
      isCopy(to) ? [el("ack", { class: "message", id: to.attrs["id"], to: right.attrs["to"] })] : undefined,
    "settled by a receipt alone",
  ],
  [
    "a copy's receipt without its recipient",
    (right, to) => (isCopy(to) ? changed(right, { recipient: undefined }) : undefined),
    "the receipt for a copy names the recipient",
  ],
  [
    "a copy's receipt with another recipient",
    (right, to) => (isCopy(to) ? changed(right, { recipient: "1@lid" }) : undefined),
    "names the recipient 1@lid, not",
  ],
  [
    "an ack of another class",
    (right, to) => (isTo(to, "status") ? changed(right, { class: "message" }) : undefined),
    "acknowledged what was not delivered to it",
  ],
  [
    "an ack of another id",
    (right, to) => (isTo(to, "notification") ? changed(right, { id: "1" }) : undefined),
    "acknowledged what was not delivered to it",
  ],
  [
    "an ack of another type",
    (right, to) => (isTo(to, "notification") ? changed(right, { type: "picture" }) : undefined),
    "is of type picture, the notification of type",
  ],
  [
    "a status receipt without its context",
    (_, to) =>
      isTo(to, "status")
        ? [el("receipt", { id: to.attrs["id"], to: to.attrs["from"], participant: to.attrs["participant"] })]
        : undefined,
    'a receipt for a status has context="status"',
  ],
  [
    "a receipt for a notification",
    (_, to) =>
      isTo(to, "notification", "w:gp2") ? [el("receipt", { id: to.attrs["id"], to: to.attrs["from"] })] : undefined,
    "which it never got",
  ],
];

test.each(ANSWERS)("%s is caught", async (_, answers, sentence) => {
  expect((await whole({ answers })).join("\n")).toContain(sentence);
});

/** Spoils a right message. */
const respelled = (message: Stanza, attrs: Record<string, string | undefined>, content?: Stanza[]): Stanza =>
  el(message.tag, { ...message.attrs, ...attrs }, content ?? message.content);
const namedAs = (message: Stanza, at: number, jid: string): Stanza[] =>
  children(message).map((one) =>
    one.tag === "participants"
      ? el(
          "participants",
          {},
          children(one).map((to, index) => (index === at ? el("to", { jid }, to.content) : to)),
        )
      : one,
  );

type Spoiled = (outbox: ControlOutbox, ann: SimulatedContact) => Promise<Stanza[]>;

/** One fault in what the client sends, and the sentence it must bring. */
const MESSAGES: readonly [string, Spoiled, string][] = [
  [
    "numbers and LIDs in one message",
    async (outbox, ann) => {
      const right = await outbox.direct(ann.lid, text);
      return [respelled(right, {}, namedAs(right, 1, client.jid.replace(/:\d+@/, "@")))];
    },
    "mixed numbers and LIDs in one message",
  ],
  [
    "participants that are empty",
    async (_, ann) => [el("message", { id: "E1", to: ann.lid, type: "text" }, [el("participants", {}, [])])],
    "participants are empty",
  ],
  [
    "a device named twice",
    async (outbox, ann) => {
      const right = await outbox.direct(ann.lid, text);
      const [participants, ...more] = children(right);
      const named = children(participants);
      return [respelled(right, {}, [el("participants", {}, [...named, ...named.slice(0, 1)]), ...more])];
    },
    "named a device twice",
  ],
  [
    "media without mediatype",
    async (outbox, ann) => [await outbox.direct(ann.lid, image, { type: "media" })],
    "sent media without mediatype",
  ],
  [
    "media of another mediatype",
    async (outbox, ann) => [await outbox.direct(ann.lid, image, { type: "media", mediatype: "video" })],
    "marked C",
  ],
  [
    "media as text",
    async (outbox, ann) => [await outbox.direct(ann.lid, image)],
    "it is of type media, mediatype image",
  ],
  [
    "a type that there is not",
    async (outbox, ann) => [await outbox.direct(ann.lid, text, { type: "banana" })],
    "sent a message of the type banana",
  ],
  [
    "a status stanza of its own",
    async (outbox, ann) => {
      const right = await outbox.shared("status@broadcast", [ann.lid], text);
      return [el("status", right.attrs, right.content)];
    },
    "sent a <status>, which only the server sends",
  ],
  [
    "a meta on a reaction to a status",
    async (outbox, ann) => {
      const right = await outbox.shared("status@broadcast", [ann.lid], text);
      const meta = el("meta", { status_setting: "contacts" });
      return [respelled(right, { type: "reaction" }, [...children(right), meta])];
    },
    "sent a meta with a reaction to a status",
  ],
  [
    "a status to numbers",
    async (outbox, ann) => [await outbox.shared("status@broadcast", [ann.jid], text)],
    "sent a status to people by their numbers",
  ],
  [
    "a status with addressing_mode",
    async (outbox, ann) => [
      respelled(await outbox.shared("status@broadcast", [ann.lid], text), { addressing_mode: "lid" }),
    ],
    "sent a status with addressing_mode",
  ],
  [
    "a pre-key for two sessions",
    async (outbox, ann) => {
      const bundle = await outbox.bundle(ann.lid);
      await outbox.session(ann.lid, { anew: bundle });
      const first = await outbox.direct(ann.lid, text);
      await outbox.session(ann.lid, { anew: bundle });
      return [first, await outbox.direct(ann.lid, text)];
    },
    "for two sessions",
  ],
  [
    "a ratchet position for two messages",
    async (outbox, ann) => {
      const right = await outbox.direct(ann.lid, text);
      return [right, respelled(right, { id: "R2" }, otherText(right))];
    },
    "used counter",
  ],
  [
    "a step of a sender key for two messages",
    async (outbox, ann) => {
      const family = sim.group("Family", [ann, sim.phone("6281100000001")]);
      const first = await outbox.shared(family.id, [ann.lid], text);
      return [first, respelled(first, { id: "S2" })];
    },
    "of its sender key in",
  ],
  [
    "a first message without its identity",
    async (outbox, ann) => {
      const right = await outbox.direct(ann.lid, text);
      return [respelled(right, {}, children(right, "participants"))];
    },
    "sent a pkmsg without its device identity",
  ],
  [
    "an identity with a bad signature",
    async (outbox, ann) => {
      const right = await outbox.direct(ann.lid, text);
      const forged = Buffer.from(client.deviceIdentity ?? []);
      forged[forged.length - 3] = (forged.at(-3) ?? 0) ^ 1;
      return [respelled(right, {}, [...children(right, "participants"), el("device-identity", {}, forged)])];
    },
    "sent a device identity that",
  ],
  [
    "a copy that names no chat",
    async (outbox, ann) => {
      const right = await outbox.direct(ann.lid, text);
      const own = client.lid.replace(/:\d+@/, "@");
      const plain = encOf(await outbox.seal(own, text));
      const [participants, ...more] = children(right);
      const named = children(participants).map((to) =>
        to.attrs["jid"] === own ? el("to", { jid: own }, [plain]) : to,
      );
      return [respelled(right, {}, [el("participants", {}, named), ...more])];
    },
    "that names no chat",
  ],
  [
    "a bare presence",
    async () => [el("presence", { name: "Budi" })],
    "by a presence without a type, and never chose to",
  ],
  [
    "a receipt for too many messages",
    async (_, ann) => {
      const items = Array.from({ length: 256 }, (_, at) => el("item", { id: `3A${at}` }));
      return [el("receipt", { id: "3A", to: ann.lid, type: "read" }, [el("list", {}, items)])];
    },
    "sent one receipt for 257 messages",
  ],
  [
    "a sixth request for one message",
    async (_, ann) => [
      el("receipt", { id: "3A", to: ann.lid, type: "retry" }, [el("retry", { count: "6", id: "3A" })]),
    ],
    "asked for a message the 6th time",
  ],
  [
    "a batch of nothing",
    async () => [el("ib", {}, [el("offline_batch", { count: "0" })])],
    "asked for a batch of nothing",
  ],
  [
    "a query without an id",
    async () => [el("iq", { to: "@s.whatsapp.net", type: "get", xmlns: "w:p" })],
    "sent a query without an id",
  ],
  [
    "an answer to no question",
    async () => [el("iq", { to: "@s.whatsapp.net", type: "result", id: "9" })],
    "answered a query it was not asked",
  ],
];

test.each(MESSAGES)("%s is caught", async (_, spoil, sentence) => {
  const ann = await linked();
  for (const stanza of await spoil(new ControlOutbox(client), ann)) client.send(stanza);
  await sim.until(() => sim.problems.length > 0);
  expect(sim.problems.join("\n")).toContain(sentence);
});

/** The same message with another text at the same position of the ratchet. */
function otherText(message: Stanza): Stanza[] {
  return children(message).map((one) => {
    if (one.tag !== "participants") return one;
    const [first, ...more] = children(one);
    const enc = child(first, "enc");
    const whole = decodePreKeyMessage(Buffer.from(enc?.content as Uint8Array));
    const inner = Buffer.from(whole.message);
    const last = inner.length - MAC - 1;
    inner[last] = (inner[last] ?? 0) ^ 1;
    const bytes = encodePreKeyMessage({ ...whole, message: inner });
    return el("participants", {}, [el("to", first?.attrs, [el("enc", enc?.attrs, bytes)]), ...more]);
  });
}

test("a client that goes on with a forged certificate is caught, and one that does not is fine", async () => {
  sim.phone("6281100000001");
  for (const trustsAnybody of [false, true]) {
    sim.faults.forgeCertificate();
    client = new ControlClient(sim, { trustsAnybody });
    client.connect();
    await sim.until("client.disconnected");
    expect(sim.takeProblems()).toHaveLength(trustsAnybody ? 1 : 0);
  }
});

test("a client that takes a forged pairing is caught, and one that does not is fine", async () => {
  for (const acceptsForgery of [false, true]) {
    client = new ControlClient(sim, { acceptsForgery });
    client.connect();
    const qr = await client.until(() => client.qr, "a QR");
    await sim
      .phone("6281100000001")
      .scan(qr, { forgery: "hmac", timeoutMs: 1_000 })
      .catch(() => {});
    expect(sim.takeProblems().filter((one) => one.includes("forged"))).toHaveLength(acceptsForgery ? 1 : 0);
    client.close();
  }
});

test("what stays unsettled ends the stream after fifty minutes, by name", async () => {
  const ann = await linked({ answers: (_, to) => (isTo(to, "message") ? [] : undefined) });
  const { id } = await ann.says("hello");
  await client.until(() => client.seen.some(({ tag }) => tag === "message"), "the message");
  sim.advance(49 * 60_000);
  expect(sim.problems).toEqual([]);
  sim.advance(2 * 60_000);
  expect(sim.problems.join()).toContain("left a stanza unsettled until its stream was ended: <message");
  const end = await client.until(
    () => client.seen.find((one) => one.tag === "stream:error" && child(one, "ack")),
    "the end",
  );
  expect(child(end, "ack")?.attrs).toMatchObject({ class: "message", id });
});
