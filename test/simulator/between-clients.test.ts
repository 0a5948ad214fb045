import { afterEach, beforeEach, expect, test } from "bun:test";
import { type BinaryNode, Curve, proto } from "@whiskeysockets/baileys";
import { startMarch2026 } from "./march-2026.ts";
import type { Simulator } from "../../src/simulator/index.ts";
import { type Client, linkedClient } from "./client.ts";

// What one client does and another is told.
const [FIRST, SECOND] = ["6281100000001", "6281100000002"];
let sim: Simulator;
beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
});
afterEach(() => sim.stop());

const jidOf = (number: string): string => `${number}@s.whatsapp.net`;
const childOf = (node: BinaryNode | undefined, tag: string): BinaryNode | undefined =>
  Array.isArray(node?.content) ? node.content.find((one) => one.tag === tag) : undefined;

/** The stanzas that came to a client from now on. */
function watch(client: Client): { until(fits: (node: BinaryNode) => boolean): Promise<BinaryNode>; all: BinaryNode[] } {
  const all: BinaryNode[] = [];
  client.socket.ws.on("frame", (node: BinaryNode) => {
    all.push(node);
    client.look();
  });
  return { all, until: (fits) => client.until(() => all.find(fits), "a stanza") };
}

async function two(): Promise<[Client, Client]> {
  const first = await linkedClient(sim, FIRST);
  return [first, await linkedClient(sim, SECOND)];
}

test("a message keeps its marks and what stands beside its ciphertext", async () => {
  const [first, second] = await two();
  const seen = watch(second);
  const key = (await first.socket.sendMessage(jidOf(SECOND), { text: "hello" }))?.key;
  await second.received("hello");
  if (!key) throw new Error("nothing was sent");
  await first.socket.sendMessage(jidOf(SECOND), { text: "hello again", edit: key });
  const edit = await seen.until(({ tag, attrs }) => tag === "message" && attrs["edit"] === "1");
  expect(edit.attrs["id"]).not.toBe(key.id ?? "");
  const additionalNodes = [{ tag: "meta", attrs: { thread_msg_id: "X" } }];
  await first.socket.relayMessage(jidOf(SECOND), { conversation: "marked" }, { additionalNodes });
  const marked = await seen.until((node) => childOf(node, "meta") !== undefined);
  expect(childOf(marked, "meta")?.attrs).toEqual({ thread_msg_id: "X" });
  expect(childOf(marked, "participants")).toBeUndefined();
});

test("a status post of one client is a status post at the other", async () => {
  const [first, second] = await two();
  const seen = watch(second);
  const statusJidList = [jidOf(SECOND)];
  await first.socket.sendMessage("status@broadcast", { text: "my day" }, { statusJidList });
  const post = await seen.until(({ attrs }) => attrs["from"] === "status@broadcast");
  expect(post.attrs["participant"]).toBe(sim.phone(FIRST).linkedDevices()[0]?.lid ?? "");
  await second.received("my day");
});

test("a client that is not there receives as inactive, and one that reads tells its kin", async () => {
  const [first, second] = await two();
  const kin = await linkedClient(sim, SECOND);
  const [atFirst, atKin] = [watch(first), watch(kin)];
  const sent = await first.socket.sendMessage(jidOf(SECOND), { text: "hello" });
  const got = await second.received("hello");
  await second.socket.sendReceipt(jidOf(FIRST), undefined, [String(sent?.key.id)], "inactive");
  await atFirst.until(({ tag, attrs }) => tag === "receipt" && attrs["type"] === "inactive");
  await second.socket.sendReceipt(jidOf(FIRST), undefined, [String(got.key.id)], "read");
  await atFirst.until(({ tag, attrs }) => tag === "receipt" && attrs["type"] === "read");
  const told = await atKin.until(({ tag, attrs }) => tag === "receipt" && attrs["type"] === "read");
  expect(told.attrs).toMatchObject({ from: jidOf(SECOND), recipient: jidOf(FIRST), id: got.key.id });
});

test("who links or unlinks a device: its kin get the list, others what changed, with hashes", async () => {
  const [first, second] = await two();
  const [atFirst, atSecond] = [watch(first), watch(second)];
  await linkedClient(sim, SECOND);
  const own = await atSecond.until((node) => childOf(node, "devices") !== undefined);
  const list = childOf(own, "devices");
  expect(own.attrs["type"]).toBe("account_sync");
  expect(list?.attrs["dhash"]).toMatch(/^2:[\w+/]{8}$/);
  expect(Array.isArray(list?.content) && list.content.map(({ attrs }) => attrs["jid"])).toEqual([
    jidOf(SECOND),
    `${SECOND}:1@s.whatsapp.net`,
    `${SECOND}:2@s.whatsapp.net`,
  ]);
  const added = await atFirst.until((node) => node.attrs["type"] === "devices" && childOf(node, "add") !== undefined);
  expect(childOf(added, "add")?.attrs).toEqual({
    device_hash: list?.attrs["dhash"] ?? "",
    device_lid_hash: expect.stringMatching(/^2:[\w+/]{8}$/) as string,
  });
  const signed = childOf(childOf(added, "add"), "key-index-list")?.content;
  const index = proto.ADVSignedKeyIndexList.decode(signed as Uint8Array);
  const { details, accountSignature, accountSignatureKey } = index;
  expect(proto.ADVKeyIndexList.decode(details ?? new Uint8Array()).validIndexes).toEqual([0, 1, 2]);
  const statement = Buffer.concat([Buffer.from([6, 2]), Buffer.from(details ?? [])]);
  const key = accountSignatureKey ?? new Uint8Array();
  expect(Buffer.from(key).equals(sim.phone(SECOND).user.accountKey.public)).toBe(true);
  expect(Curve.verify(key, statement, Buffer.from(accountSignature ?? []))).toBe(true);
  await sim.phone(SECOND).unlink(`${SECOND}:2@s.whatsapp.net`);
  const removed = await atFirst.until((node) => childOf(node, "remove") !== undefined);
  expect(childOf(childOf(removed, "remove"), "device")?.attrs["jid"]).toBe(`${SECOND}:2@s.whatsapp.net`);
});

test("presence passes between clients, by what the other lets be seen", async () => {
  const [first, second] = await two();
  // Without a name Baileys says nothing.
  await second.until(() => second.auth.creds.me?.name, "the account's name");
  const seen = watch(first);
  const presence = (type: string) => seen.until(({ tag, attrs }) => tag === "presence" && attrs["type"] === type);
  await first.socket.presenceSubscribe(jidOf(SECOND));
  await seen.until(({ tag }) => tag === "presence");
  await second.socket.sendNode({ tag: "presence", attrs: { type: "unavailable", name: "Citra" } });
  expect((await presence("unavailable")).attrs["from"]).toBe(jidOf(SECOND));
  seen.all.length = 0;
  // Without a type it means "available".
  await second.socket.sendNode({ tag: "presence", attrs: { name: "Citra" } });
  await presence("available");
  seen.all.length = 0;
  await second.socket.sendPresenceUpdate("unavailable");
  expect((await presence("unavailable")).attrs["last"]).toMatch(/^\d{10}$/);
  await second.socket.updateLastSeenPrivacy("none");
  await second.socket.sendPresenceUpdate("available");
  await presence("available");
  seen.all.length = 0;
  await second.disconnect();
  expect((await presence("unavailable")).attrs["last"]).toBe("deny");
});

test("typing passes between clients, in a chat and in a group", async () => {
  const [first, second] = await two();
  const group = sim.group("Family", [sim.phone(FIRST), sim.phone(SECOND)]);
  const [atFirst, atSecond] = [watch(first), watch(second)];
  await first.socket.sendPresenceUpdate("composing", jidOf(SECOND));
  const direct = await atSecond.until(({ tag }) => tag === "chatstate");
  expect([direct.attrs["from"], childOf(direct, "composing") !== undefined]).toEqual([jidOf(FIRST), true]);
  await first.socket.sendPresenceUpdate("recording", group.id);
  const shared = await atSecond.until(({ tag, attrs }) => tag === "chatstate" && attrs["from"] === group.id);
  expect(shared.attrs["participant"]).toBe(sim.phone(FIRST).lid);
  expect(atFirst.all.filter(({ tag }) => tag === "chatstate")).toEqual([]);
});
