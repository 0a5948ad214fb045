import { afterEach, expect, test } from "bun:test";
import { inflateSync } from "node:zlib";
import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { LtHash } from "../app-state/lt-hash.ts";
import { mutationKeys, networkOrder } from "../app-state/keys.ts";
import { hmac, openGcm } from "../crypto/cipher.ts";
import { verify } from "../crypto/curve.ts";
import { type FileKind, openFile } from "../media/file.ts";
import { appStateChange } from "../people/app-state.ts";
import { botAnswerKey, META_AI } from "../people/meta-ai.ts";
import { openAddition } from "../people/sealed.ts";
import { type Simulator, type SimulatorStart, startSimulator } from "../simulator.ts";
import { bytesOf, child, children, el, type Stanza } from "../wire/stanza.ts";
import { ControlClient, type Quirks } from "./control/client.ts";
import { ControlOutbox } from "./control/outbox.ts";

/** Computed outside this project, in two ways. */
const VECTOR = { id: "3EB0TESTEDIT0001", target: "100000000000001@lid", bot: META_AI };

let sim: Simulator;
let client: ControlClient;

afterEach(async () => {
  client.close();
  await sim.stop();
});

async function linked(options: SimulatorStart = {}, quirks: Quirks = {}): Promise<void> {
  sim = await startSimulator({ seed: 9, historySync: false, ...options });
  client = new ControlClient(sim, quirks);
  await client.link();
}

const ann = () => sim.contact("628123456789", { name: "Ann" });
const phone = () => sim.phone("6281100000001");
const text = { conversation: "hello" };
const seen = (tag: string): Stanza[] => client.seen.filter((one) => one.tag === tag);

/** The first stanza seen from now on that fits. */
const next = (fits: (stanza: Stanza) => boolean): Promise<Stanza> => {
  const from = client.seen.length;
  return client.until(() => client.seen.slice(from).find(fits), "a stanza");
};

/** Sends a message and returns its ack. */
async function acked(message: Stanza): Promise<Record<string, string>> {
  const ack = next(({ tag, attrs }) => tag === "ack" && attrs["id"] === message.attrs["id"]);
  client.send(message);
  return (await ack).attrs;
}

async function reconnectWith(count: number): Promise<void> {
  client.close();
  await sim.until("client.disconnected");
  await ann().saysMany(Array.from({ length: count }, (_, at) => `missed ${at}`));
  client.seen.length = 0;
  client.isOpen = false;
  client.connect();
}

test("the queue comes as a primer, then as much as is asked for; then all is live", async () => {
  await linked({}, { neverPulls: true });
  await reconnectWith(260);
  await client.until(() => seen("message").length === 5, "the primer");
  const [preview] = seen("ib").flatMap((one) => child(one, "offline_preview") ?? []);
  expect(preview?.attrs).toMatchObject({ count: "260", message: "260", status: "0" });
  client.send(el("ib", {}, [el("offline_batch", { count: "200" })]));
  await client.until(() => seen("message").length === 205, "a batch");
  await ann().says("new");
  expect(client.isOpen).toBe(false);
  client.send(el("ib", {}, [el("offline_batch", { count: "200" })]));
  await client.until(() => client.isOpen, "the end of the queue");
  const [end] = seen("ib").flatMap((one) => child(one, "offline") ?? []);
  expect(end?.attrs["count"]).toBe("261");
  const marks = seen("message").map(({ attrs }) => attrs["offline"]);
  expect(marks[0]).toBe("0");
  expect(new Set(marks).size).toBeGreaterThan(100);
  const live = next(({ tag }) => tag === "message");
  await ann().says("live");
  expect((await live).attrs["offline"]).toBeUndefined();
});

test("a client that asks for nothing gets all of its queue after a while", async () => {
  await linked({}, { neverPulls: true });
  await reconnectWith(30);
  await client.until(() => seen("message").length === 5, "the primer");
  sim.advance(1_000);
  await client.until(() => seen("message").length === 30 && client.isOpen, "the rest");
});

test("questions are refused, or left unanswered, for a while", async () => {
  await linked();
  const ask = () => client.ask({ type: "get", xmlns: "w:m" }, [el("media_conn")]);
  sim.faults.refuseQuestions("429", { when: "w:m media_conn", forMs: 2_000 });
  const refused = await ask();
  expect(child(refused, "error")?.attrs).toEqual({ code: "429", text: "rate-overlimit" });
  expect((await client.ask({ type: "get", xmlns: "abt" }, [el("props")])).attrs["type"]).toBe("result");
  sim.advance(2_000);
  expect((await ask()).attrs["type"]).toBe("result");
  const end = sim.faults.refuseQuestions("silence", { when: "w:m" });
  const unanswered = ask().then(() => "answered");
  const other = client.ask({ type: "get", xmlns: "abt" }, [el("props")]).then(() => "silence");
  expect(await Promise.race([unanswered, other])).toBe("silence");
  end();
  expect((await ask()).attrs["type"]).toBe("result");
});

test("a busy server refuses questions and messages, but no pings", async () => {
  await linked();
  const { lid } = ann();
  const message = await new ControlOutbox(client).direct(lid, text);
  sim.faults.busy(5_000, "500");
  expect((await acked(message))["error"]).toBe("500");
  expect((await client.ask({ type: "get", xmlns: "w:p" }, [el("ping")])).attrs["type"]).toBe("result");
  sim.advance(5_000);
  expect((await acked(el("message", { ...message.attrs, id: "AGAIN" }, message.content)))["error"]).toBeUndefined();
});

test("the ack of a message carries what it is told to, once", async () => {
  await linked();
  const outbox = new ControlOutbox(client);
  sim.faults.markAcks({ refresh_lid: "true", phash: "2:abcdef" });
  sim.faults.markAcks({ error: "463", backoff: "30" });
  expect(await acked(await outbox.direct(ann().lid, text))).toMatchObject({ refresh_lid: "true", phash: "2:abcdef" });
  expect(await acked(await outbox.direct(ann().lid, text))).toMatchObject({ error: "463", backoff: "30" });
  expect(await acked(await outbox.direct(ann().lid, text))).not.toHaveProperty("error");
});

test("which name is taken is a property of the account", async () => {
  await linked();
  const outbox = new ControlOutbox(client);
  const [own] = client.jid.split(":");
  const byNumber = async (id: string) => {
    const { content } = await outbox.direct(ann().lid, text);
    const [participants, ...more] = children(el("message", {}, content));
    const jids = [ann().jid, `${own}@s.whatsapp.net`];
    const named = children(participants).map((to, at) => el("to", { jid: jids[at] }, to.content));
    return el("message", { id, to: ann().jid, type: "text" }, [el("participants", {}, named), ...more]);
  };
  expect((await acked(await byNumber("N1")))["error"]).toBe("463");
  phone().isMigrated(false);
  expect((await acked(await outbox.direct(ann().lid, text)))["error"]).toBe("400");
  expect((await acked(await byNumber("N2")))["error"]).toBeUndefined();
  phone().isMigrated(true);
  expect((await acked(await byNumber("N3")))["error"]).toBe("463");
  expect(sim.problems).toEqual([]);
});

test("an account that moves while it is connected tells its companions every pair it knows", async () => {
  await linked({ accounts: "not-migrated", addressing: "pn" });
  await ann().says("hello");
  const told = next(({ attrs }) => attrs["category"] === "peer");
  phone().migrates();
  const { protocolMessage } = client.read(await told);
  const payload = protocolMessage?.lidMigrationMappingSyncMessage?.encodedMappingPayload ?? new Uint8Array();
  const { pnToLidMappings, chatDbMigrationTimestamp } = proto.LIDMigrationMappingSyncPayload.decode(payload);
  expect(pnToLidMappings.map(({ pn, latestLid }) => `${Number(pn)} ${Number(latestLid)}`)).toContain(
    `${ann().number} ${ann().lid.split("@")[0]}`,
  );
  expect(Number(chatDbMigrationTimestamp)).toBeGreaterThan(1_700_000_000);
  expect(await acked(await new ControlOutbox(client).direct(ann().lid, text))).not.toHaveProperty("error");
});

test("a group that has moved says how it is addressed now", async () => {
  await linked();
  const family = sim.group("Family", [ann(), phone()], { addressing: "pn" });
  const outbox = new ControlOutbox(client);
  family.movesToLids();
  const stale = await outbox.shared(family.id, [ann().jid], text);
  expect(await acked(stale)).toMatchObject({ error: "421", addressing_mode: "lid" });
  expect(await acked(await outbox.shared(family.id, [ann().lid], text))).not.toHaveProperty("error");
  expect(sim.problems).toEqual([]);
});

test("whoever writes to a LID that was given up is told so, and reaches the person", async () => {
  await linked();
  const old = ann().lid;
  const outbox = new ControlOutbox(client);
  const before = await outbox.direct(old, text);
  ann().changesLid();
  expect(ann().lid).not.toBe(old);
  expect(await acked(before)).toMatchObject({ refresh_lid: "true" });
  await ann().hears("hello");
  expect(await acked(await outbox.direct(ann().lid, text))).not.toHaveProperty("refresh_lid");
});

test("a LID that changed is told in either way, and so is a number that is registered anew", async () => {
  await linked();
  const told = (type: string) => next(({ tag, attrs }) => tag === "notification" && attrs["type"] === type);
  const [first, byContacts] = [ann().lid, told("contacts")];
  ann().changesLid("contacts");
  const names = { old: ann().jid, new: ann().jid, old_lid: first, new_lid: ann().lid };
  expect(child(await byContacts, "modify")?.attrs).toEqual(names);
  const [second, byMex] = [ann().lid, told("mex")];
  ann().changesLid("mex");
  const update = child(await byMex, "update");
  expect(update?.attrs["op_name"]).toBe("LidChangeNotification");
  expect(JSON.parse(String(bytesOf(update)))).toEqual({
    data: { xwa2_notify_lid_change: { old: second, new: ann().lid } },
  });
  const registered = told("registration");
  phone().isRegisteredAnew();
  expect(child(await registered, "device_logout")).toBeDefined();
  await ann().says("still there?");
  await next(({ tag }) => tag === "message");
});

test("who takes another number is told of in a group, and in a community with its groups", async () => {
  await linked();
  const ben = sim.contact("628120000002", { name: "Ben" });
  const family = sim.group("Family", [ann(), phone()]);
  const told = next((stanza) => child(stanza, "change_number") !== undefined);
  family.changesNumber(ann(), ben);
  const notice = await told;
  expect(notice.attrs).toMatchObject({ type: "w:gp2", from: family.id, participant: ann().lid });
  expect(child(notice, "change_number")?.attrs).toEqual({ jid: ben.lid });
  expect(family.members.map(({ number }) => number).toSorted()).toEqual([ben.number, phone().number].toSorted());
  expect(() => family.changesNumber(ann(), ben)).toThrow("Ann is no member of Family");
  const street = sim.group("Street", [ben, phone()]);
  family.group.parent = street.group;
  const toldOfAll = next((stanza) => child(stanza, "change_number") !== undefined);
  street.changesNumber(ben, ann());
  const suggested = children(child(await toldOfAll, "change_number"), "sub_group_suggestion");
  expect(suggested.map(({ attrs }) => attrs)).toEqual([{ jid: family.id }]);
  await sim.settles();
  expect(sim.problems).toEqual([]);
});

test("a message by LID does not reach who cannot take it, and the receipt says so, alone and bundled", async () => {
  await linked();
  const ben = sim.contact("628120000002", { name: "Ben" });
  const family = sim.group("Family", [ann(), ben, phone()]);
  const outbox = new ControlOutbox(client);
  for (const one of [ann(), ben]) one.cannotTakeLids();
  const refusal = { reason: "lid", type: "feature-incapable" };
  const message = await outbox.direct(ann().lid, text);
  const receipt = next(({ tag, attrs }) => tag === "receipt" && attrs["id"] === message.attrs["id"]);
  client.send(message);
  expect(child(await receipt, "error")?.attrs).toEqual(refusal);
  const bundle = next((stanza) => child(stanza, "participants") !== undefined && stanza.tag === "receipt");
  client.send(await outbox.shared(family.id, [ann().lid, ben.lid, phone().lid], text));
  const bundled = await bundle;
  expect(children(child(bundled, "participants"), "user")).toHaveLength(2);
  expect(child(bundled, "error")?.attrs).toEqual(refusal);
  expect(ann().inbox).toEqual([]);
  ann().cannotTakeLids(false);
  const again = await outbox.direct(ann().lid, { conversation: "now" });
  const delivered = next(({ tag, attrs }) => tag === "receipt" && attrs["id"] === again.attrs["id"]);
  client.send(again);
  expect(child(await delivered, "error")).toBeUndefined();
  await ann().hears("now");
});

test("a channel's status is plain; messages from Messenger and other services are settled too", async () => {
  await linked();
  const channel = sim.channel("News", { by: ann(), followers: [phone()] });
  const posting = next(({ tag }) => tag === "status");
  const id = channel.postsStatus("on air");
  const status = await posting;
  expect(status.attrs).toMatchObject({ from: channel.id, id, type: "text" });
  const plain = bytesOf(child(status, "plaintext")) ?? Buffer.alloc(0);
  expect(proto.Message.decode(plain).conversation).toBe("on air");
  expect(channel.posts).toEqual([]);
  for (const via of ["msgr", "interop"] as const) {
    const coming = next(({ tag }) => tag === "message");
    await ann().says("hello from afar", { via });
    const { attrs } = await coming;
    expect(attrs["from"]).toBe(ann().lid.replace("@lid", `@${via}`));
    expect(JSON.stringify(attrs)).not.toContain(ann().number);
  }
  await sim.settles();
  expect(sim.problems).toEqual([]);
});

test("a username rides along wherever its owner is named", async () => {
  await linked();
  ann().goesBy("ani.w");
  const coming = (fits: (stanza: Stanza) => boolean = () => true) => next((one) => one.tag === "message" && fits(one));
  const direct = coming();
  await ann().says("hello");
  expect((await direct).attrs["username"]).toBe("ani.w");
  const listed = coming();
  await ann().says("to many", { list: "1700000000@broadcast" });
  expect((await listed).attrs["participant_username"]).toBe("ani.w");
  const copied = coming();
  await phone().says("to you", { to: ann() });
  expect((await copied).attrs["peer_recipient_username"]).toBe("ani.w");
  const created = next((stanza) => child(stanza, "create") !== undefined);
  const family = sim.group("Family", [ann(), phone()]);
  const owner = { creator_pn: ann().jid, creator_username: "ani.w", s_o_pn: ann().jid, s_o_username: "ani.w" };
  const notice = await created;
  expect(notice.attrs["participant_username"]).toBe("ani.w");
  expect(child(child(notice, "create"), "group")?.attrs).toMatchObject(owner);
  const renamed = next((stanza) => child(stanza, "subject") !== undefined);
  family.rename("Kin", { by: ann() });
  const names = { s_o: ann().lid, s_o_pn: ann().jid, s_o_username: "ani.w" };
  expect(child(await renamed, "subject")?.attrs).toMatchObject(names);
});

test("after the primer the queue says that what is urgent is through", async () => {
  await linked({}, { neverPulls: true });
  await reconnectWith(30);
  await client.until(() => seen("ib").some((one) => child(one, "priority_offline_complete")), "the end of the primer");
  expect(seen("message")).toHaveLength(5);
});

test("a list of devices may be empty by number; by LID it is whole, and signed by the account", async () => {
  await linked();
  ann().addsCompanion();
  ann().isListedByLidOnly();
  const devices = async (jid: string) => {
    const list = el("list", {}, [el("user", { jid })]);
    const parts = [el("query", {}, [el("devices", { version: "2" })]), list];
    const answer = await client.ask({ type: "get", xmlns: "usync" }, [el("usync", { sid: "1" }, parts)]);
    return child(children(child(child(answer, "usync"), "list"), "user")[0], "devices");
  };
  expect(children(child(await devices(ann().jid), "device-list"))).toEqual([]);
  const whole = await devices(ann().lid);
  expect(children(child(whole, "device-list"), "device")).toHaveLength(2);
  const list = proto.ADVSignedKeyIndexList.decode(bytesOf(child(whole, "key-index-list")) ?? Buffer.alloc(0));
  const { details = Buffer.alloc(0), accountSignature } = list;
  const signed = Buffer.concat([Buffer.from([6, 2]), details ?? Buffer.alloc(0)]);
  expect(verify(ann().user.accountKey.public, signed, accountSignature ?? new Uint8Array())).toBe(true);
});

test("changes of several collections come in one notice", async () => {
  await linked();
  const coming = next(({ attrs }) => attrs["type"] === "server_sync");
  const { archive, mute } = appStateChange;
  phone().changesTogether(archive(ann().jid, true), mute(ann().jid, undefined));
  const names = children(await coming, "collection").map(({ attrs }) => attrs["name"]);
  expect(names).toEqual(["regular_low", "regular_high"]);
});

test("a device without keys is named with its error, the others with their keys", async () => {
  await linked();
  const companion = ann().addsCompanion();
  ann().withholdsKeys("406", companion);
  const jids = [ann().lid, companion.jid("lid")];
  const asked = jids.map((jid) => el("user", { jid }));
  const answer = await client.ask({ type: "get", xmlns: "encrypt" }, [el("key", {}, asked)]);
  const [whole, without] = children(child(answer, "list"), "user");
  expect(child(whole, "identity")).toBeDefined();
  expect(child(without, "error")?.attrs).toEqual({ code: "406", text: "not-acceptable" });
});

test("a username finds a person without a number, with the pin it wants", async () => {
  await linked();
  ann().hidesNumber();
  ann().goesBy("ani.w", "1234");
  const look = async (contact: Record<string, string>) => {
    const query = el("query", {}, [el("contact", { addressing_mode: "lid" }), el("lid")]);
    const list = el("list", {}, [el("user", {}, [el("contact", contact)])]);
    const answer = await client.ask({ type: "get", xmlns: "usync" }, [el("usync", { sid: "1" }, [query, list])]);
    const [user] = children(child(child(answer, "usync"), "list"), "user");
    return [user?.attrs["jid"], child(user, "contact")?.attrs["type"]];
  };
  expect(await look({ username: "ani.w", pin: "1234" })).toEqual([ann().lid, "in"]);
  expect(await look({ username: "ani.w" })).toEqual([undefined, undefined]);
  expect(await look({ username: "nobody" })).toEqual([undefined, "out"]);
  const message = next(({ tag }) => tag === "message");
  await ann().says("hello");
  const { attrs } = await message;
  expect(attrs["from"]).toBe(ann().lid);
  expect(JSON.stringify(attrs)).not.toContain(ann().number);
});

test("a hosted device writes from its own domain, with an identity that says so", async () => {
  await linked();
  const cloud = ann().addsHostedDevice();
  const coming = next(({ tag }) => tag === "message");
  await ann().says("from the cloud", { from: cloud });
  const message = await coming;
  expect(message.attrs["from"]).toBe(`${ann().lid.split("@")[0]}:99@hosted.lid`);
  expect(client.read(message).conversation).toBe("from the cloud");
  const identity = proto.ADVSignedDeviceIdentity.decode(bytesOf(child(message, "device-identity")) ?? Buffer.alloc(0));
  const { details, accountSignature, deviceSignature, accountSignatureKey } = identity;
  const parts = [details ?? Buffer.alloc(0), cloud.keys.identity.public];
  const account = accountSignatureKey ?? new Uint8Array();
  const byAccount = Buffer.concat([Buffer.from([6, 5]), ...parts]);
  const byDevice = Buffer.concat([Buffer.from([6, 6]), ...parts, account]);
  expect(verify(account, byAccount, accountSignature ?? new Uint8Array())).toBe(true);
  expect(verify(cloud.keys.identity.public, byDevice, deviceSignature ?? new Uint8Array())).toBe(true);
});

test("receipts of several members come in one stanza", async () => {
  await linked();
  const ben = sim.contact("628120000002", { name: "Ben" });
  const family = sim.group("Family", [ann(), ben, phone()]);
  const outbox = new ControlOutbox(client);
  const message = await outbox.shared(family.id, [ann().lid, ben.lid, phone().lid], text);
  const { id } = message.attrs;
  const bundle = next(({ tag }) => tag === "receipt");
  client.send(message);
  const delivered = await bundle;
  expect(delivered.attrs["id"]).not.toBe(id);
  const [participants] = children(delivered, "participants");
  expect(participants?.attrs).toEqual({ key: id ?? "" });
  const users = children(participants, "user").map(({ attrs }) => [attrs["jid"], attrs["participant_pn"]]);
  expect(users).toEqual([ann(), ben].map((one) => [one.lid, one.jid]));
  const read = next(({ tag }) => tag === "receipt");
  (await ann().hears("hello")).read();
  expect((await read).attrs).toMatchObject({ id, type: "read", participant: ann().lid });
});

test("an edit comes sealed with the secret of what it changes", async () => {
  await linked();
  const first = next(({ tag }) => tag === "message");
  const said = await ann().says("helo");
  const { messageContextInfo } = client.read(await first);
  const second = next(({ tag }) => tag === "message");
  await ann().edits(said, "hello");
  const stanza = await second;
  expect(stanza.attrs).toMatchObject({ type: "text", edit: "1" });
  expect(child(stanza, "enc")?.attrs["decrypt-fail"]).toBe("hide");
  const sealed = client.read(stanza).secretEncryptedMessage ?? {};
  const names = { id: said.id, author: ann().lid, editor: ann().lid };
  const plain = openAddition(messageContextInfo?.messageSecret ?? new Uint8Array(), names, "Message Edit", sealed);
  expect(proto.Message.decode(plain).protocolMessage?.editedMessage?.conversation).toBe("hello");
  expect(sealed.targetMessageKey).toMatchObject({ id: said.id, fromMe: true });
});

async function fetched(path: string | null | undefined): Promise<Response> {
  return fetch(`https://${sim.media.host}${path}`, { tls: { ca: sim.certificate } });
}

async function opened(kind: FileKind, file: { directPath?: string | null; mediaKey?: Uint8Array | null }) {
  const bytes = Buffer.from(await (await fetched(file.directPath)).arrayBuffer());
  return openFile(bytes, kind, file.mediaKey ?? new Uint8Array());
}

test("history comes in sealed files of several chunks, with pairs of names; a file may fail", async () => {
  sim = await startSimulator({ seed: 9 });
  const people = Array.from({ length: 45 }, (_, at) => sim.contact(`6281230000${String(at).padStart(3, "0")}`));
  for (const one of people) await one.says("long ago", { to: phone() });
  client = new ControlClient(sim);
  await client.link();
  const notices = await client.until(() => {
    const peers = seen("message").filter(({ attrs }) => attrs["category"] === "peer");
    return peers.length >= 5 && peers;
  }, "the notices");
  const told = notices.flatMap((one) => client.read(one).protocolMessage?.historySyncNotification ?? []);
  sim.media.fail(500, 1, "history");
  expect((await fetched(told[0]?.directPath)).status).toBe(500);
  const syncs = await Promise.all(
    told.map(async (one) => proto.HistorySync.decode(inflateSync(await opened("history", one)))),
  );
  expect(syncs.flatMap(({ conversations }) => conversations)).toHaveLength(45);
  expect(syncs.filter(({ conversations }) => conversations.length > 0).length).toBe(3);
  const pairs = syncs[0]?.phoneNumberToLidMappings.map(({ pnJid, lidJid }) => `${pnJid} ${lidJid}`);
  expect(pairs).toContain(`${people[0]?.jid} ${people[0]?.lid}`);
  expect(Number(syncs[0]?.globalSettings?.chatDbLidMigrationTimestamp)).toBeGreaterThan(0);
  const nonces = syncs.map(({ companionMetaNonce }) => companionMetaNonce).filter(Boolean);
  expect(nonces).toEqual([phone().user.companionMetaNonce]);
  expect(told.map(({ chunkOrder, progress }) => [chunkOrder, progress])).toContainEqual([2, 100]);
});

test("a collection comes as a sealed snapshot whose MAC fits, to whoever has nothing of it", async () => {
  await linked();
  phone().archives(ann());
  phone().pins(ann());
  phone().archives(ann(), false);
  const ask = (version: string) => {
    const collection = el("collection", { name: "regular_low", version, return_snapshot: "true" });
    return client.ask({ type: "set", xmlns: "w:sync:app:state" }, [el("sync", {}, [collection])]);
  };
  const [collection] = children(child(await ask("0"), "sync"), "collection");
  const reference = proto.ExternalBlobReference.decode(bytesOf(child(collection, "snapshot")) ?? Buffer.alloc(0));
  const snapshot = proto.SyncdSnapshot.decode(await opened("app-state", reference));
  expect(collection?.attrs["version"]).toBe("3");
  expect(snapshot.records).toHaveLength(2);
  const hash = new LtHash();
  for (const { value } of snapshot.records) hash.add(Buffer.from(value?.blob ?? []).subarray(-32));
  const keys = mutationKeys(phone().user.appStateKey.keyData);
  const mac = hmac(keys.snapshotMac, hash.bytes, networkOrder(3), Buffer.from("regular_low"));
  expect(mac.equals(Buffer.from(snapshot.mac ?? []))).toBe(true);
  const [later] = children(child(await ask("2"), "sync"), "collection");
  expect(children(child(later, "patches"), "patch")).toHaveLength(1);
});

test("a message to a broadcast list comes from the list, by its sender", async () => {
  await linked();
  const coming = next(({ tag }) => tag === "message");
  await ann().says("to many", { list: "1700000000@broadcast" });
  const message = await coming;
  expect(message.attrs).toMatchObject({
    from: "1700000000@broadcast",
    participant: ann().lid,
    participant_pn: ann().jid,
  });
  expect(client.read(message).conversation).toBe("to many");
  await sim.settles();
  expect(sim.problems).toEqual([]);
});

test("a question to Meta AI is copied, its answer sealed with the question's secret", async () => {
  expect(botAnswerKey(Buffer.alloc(32, 0x11), VECTOR).toString("hex")).toBe(
    "a4206bb85d3df26da387e633a98adef83212f04847f62f1959ed31e21a3be4d9",
  );
  await linked();
  const copying = next(({ tag }) => tag === "message");
  const question = phone().asksMetaAi("How many pigeons?");
  const copy = await copying;
  expect(copy.attrs["recipient"]).toBe(META_AI);
  expect(client.read(copy).messageContextInfo?.messageSecret).toEqual(question.secret);
  const answering = next(({ attrs }) => attrs["from"] === META_AI);
  const id = phone().hearsFromMetaAi(question, "Many.");
  const sealed = proto.MessageSecretMessage.decode(bytesOf(child(await answering, "enc")) ?? Buffer.alloc(0));
  const key = botAnswerKey(question.secret, { id, target: phone().lid, bot: META_AI });
  const iv = sealed.encIv ?? new Uint8Array();
  const plain = openGcm(key, iv, sealed.encPayload ?? new Uint8Array(), Buffer.from(`${id}\0${META_AI}`));
  expect(proto.Message.decode(plain).conversation).toBe("Many.");
  await sim.settles();
  expect(sim.problems).toEqual([]);
});

test("a version that ends is told; one that is too old shows a QR that no phone links, without a 405", async () => {
  await linked();
  const told = next((stanza) => child(stanza, "client_expiration") !== undefined);
  sim.faults.expireVersion(1_900_000_000);
  expect(child(await told, "client_expiration")?.attrs).toEqual({ t: "1900000000" });
  sim.faults.oldestLinkable = 2_000_000_000;
  const second = new ControlClient(sim);
  second.connect();
  const qr = await second.until(() => second.qr, "a QR");
  expect(await phone().scan(qr).catch(String)).toContain("its version 1045816814 is too old");
  expect(second.seen.filter(({ tag }) => tag === "failure")).toEqual([]);
  second.close();
});
