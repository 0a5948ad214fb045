import { createHash, createHmac } from "node:crypto";
import { inflateSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type BinaryNode, proto } from "@whiskeysockets/baileys";
import { startMarch2026 } from "./march-2026.ts";
import type { SimulatedContact, Phone, Simulator } from "../../src/simulator/index.ts";
import { type Client, failure, linkedClient } from "./client.ts";

// Queries that other clients send and Baileys does not, or sends otherwise.
let sim: Simulator;
let phone: Phone;
let ann: SimulatedContact;
let client: Client;
beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
  phone = sim.phone("6281100000001", { name: "Budi" });
  ann = sim.contact("628123456789", { name: "Ann" });
  client = await linkedClient(sim);
});
afterEach(async () => {
  await client.disconnect();
  await sim.stop();
});

const childrenOf = (node: BinaryNode | undefined): BinaryNode[] => (Array.isArray(node?.content) ? node.content : []);
const childOf = (node: BinaryNode | undefined, tag: string) => childrenOf(node).find((one) => one.tag === tag);

function ask(xmlns: string, type: "get" | "set", content: BinaryNode[], more: Record<string, string> = {}) {
  const attrs = { to: "@s.whatsapp.net", ...more, type, xmlns };
  return client.socket.query({ tag: "iq", attrs, content });
}

const node = (tag: string, attrs: Record<string, string> = {}, content?: BinaryNode["content"]): BinaryNode =>
  content === undefined ? { tag, attrs } : { tag, attrs, content };

test("the digest of a client's keys is what it finds itself", async () => {
  const digest = childOf(await ask("encrypt", "get", [node("digest")]), "digest");
  const { signedIdentityKey, signedPreKey } = client.auth.creds;
  const ids = childrenOf(childOf(digest, "list")).map(({ content }) => Buffer.from(content as Uint8Array));
  const keys = await client.auth.keys.get(
    "pre-key",
    ids.map((id) => String(id.readUIntBE(0, 3))),
  );
  const hash = createHash("sha1").update(signedIdentityKey.public).update(signedPreKey.keyPair.public);
  hash.update(signedPreKey.signature);
  for (const id of ids) hash.update(keys[String(id.readUIntBE(0, 3))]?.public ?? "missing");
  expect(Buffer.from(childOf(digest, "hash")?.content as Uint8Array).toString("hex")).toBe(hash.digest("hex"));
});

test("the keys of single devices are fetched", async () => {
  ann.addsCompanion();
  const devices = ["0", "1", "7"].map((id) => node("device", { id }, [node("registration", {}, Buffer.alloc(4))]));
  const answer = await ask("encrypt", "get", [node("key_fetch", {}, [node("user", { jid: ann.jid }, devices)])]);
  const [user] = childrenOf(childOf(answer, "list"));
  expect(childrenOf(user).map(({ attrs }) => attrs["id"])).toEqual(["0", "1"]);
  expect(childrenOf(childrenOf(user)[0]).map(({ tag }) => tag)).toEqual([
    "registration",
    "type",
    "identity",
    "key",
    "skey",
  ]);
});

test("reading the privacy of one's status leaves the line under one's name", async () => {
  await client.socket.updateProfileStatus("busy");
  const answer = await ask("status", "get", [node("privacy")]);
  expect(childOf(childOf(answer, "privacy"), "list")?.attrs).toEqual({ type: "contacts", default: "true" });
  expect(phone.user.settings.get("status")).toBe("busy");
});

test("whoever knows a picture is told that it is the same", async () => {
  ann.setsPicture(Buffer.from("picture"));
  const look = (id: string) =>
    ask("w:profile:picture", "get", [node("picture", { type: "preview", id })], { target: ann.jid });
  const { id = "" } = childOf(await look("0"), "picture")?.attrs ?? {};
  expect(childOf(await look(id), "picture")?.attrs).toEqual({ status: "304" });
});

test("a token that is issued reaches the other side", async () => {
  const other = await linkedClient(sim, "6281100000002");
  const told: BinaryNode[] = [];
  other.socket.ws.on("CB:notification,type:privacy_token", (one: BinaryNode) => {
    told.push(one);
    other.look();
  });
  const token = node("token", { jid: "6281100000002@s.whatsapp.net", t: "1", type: "trusted_contact" });
  await ask("privacy", "set", [node("tokens", {}, [token])]);
  const [notice] = await other.until(() => told.length > 0 && told, "the token");
  expect(notice?.attrs["from"]).toBe(phone.jid);
  expect(childOf(childOf(notice, "tokens"), "token")?.content).toBeInstanceOf(Uint8Array);
  await other.disconnect();
});

test("the link to a contact is made, found and revoked", async () => {
  const make = async (action: string) =>
    childOf(await ask("w:qr", "set", [node("qr", { type: "contact", action })]), "qr")?.attrs["code"] ?? "";
  const code = await make("get");
  expect(await make("get")).toBe(code);
  const find = (one: string) => ask("w:qr", "get", [node("qr", { code: one })]);
  expect(childOf(await find(code), "qr")?.attrs).toEqual({ jid: phone.jid, type: "contact", notify: "Budi" });
  expect(await make("revoke")).not.toBe(code);
  expect(await failure(find(code))).toContain("item-not-found");
});

test("the settings of waking a device are answered", async () => {
  expect(childOf(await ask("urn:xmpp:whatsapp:push", "get", [node("settings")]), "settings")).toBeDefined();
  await ask("urn:xmpp:whatsapp:push", "set", [node("config", { platform: "gcm", id: "x" })]);
});

test("channels and the line under one's name go by the ids of whatsmeow too", async () => {
  const graph = async (id: string, variables: object) => {
    const query = node("query", { query_id: id }, Buffer.from(JSON.stringify({ variables })));
    const result = childOf(await ask("w:mex", "get", [query]), "result");
    return JSON.parse(Buffer.from(result?.content as Uint8Array).toString()) as {
      data: Record<string, unknown> | null;
    };
  };
  const made = await graph("6234210096708695", { newsletter_input: { name: "News" } });
  expect(made.data?.["xwa2_newsletter_create"]).toMatchObject({ thread_metadata: { name: { text: "News" } } });
  const channel = sim.channel("Weather", { by: ann });
  const variables = { newsletter_id: channel.id };
  await graph("9926858900719341", variables);
  await graph("6274038279359549", variables);
  expect(JSON.stringify(await graph("6388546374527196", {}))).toContain('"mute":"ON"');
  await graph("6392786840836363", variables);
  expect(JSON.stringify(await graph("6388546374527196", {}))).not.toContain("Weather");
  await graph("9152604461510864", { input: { text: "at sea" } });
  expect(phone.user.settings.get("status")).toBe("at sea");
});

describe("groups", () => {
  const create = (attrs: Record<string, string>, content: BinaryNode[], to = "g.us") =>
    ask("w:g2", "set", [node("create", attrs, content)], { to });

  test("the server of groups goes by its name without an at-sign too", async () => {
    sim.group("Family", [ann, phone]);
    const answer = await ask("w:g2", "get", [node("participating")], { to: "g.us" });
    expect(childrenOf(childOf(answer, "groups"))).toHaveLength(1);
  });

  test("a group is from its first moment on what it was asked to be", async () => {
    const answer = await create({ subject: "Family" }, [
      node("participant", { jid: ann.jid }),
      node("member_add_mode", {}, Buffer.from("all_member_add")),
      node("ephemeral", { expiration: "86400" }),
      node("announcement"),
      node("membership_approval_mode", {}, [node("group_join", { state: "on" })]),
    ]);
    const group = childOf(answer, "group");
    const tags = childrenOf(group).map(({ tag }) => tag);
    expect(tags).toEqual(expect.arrayContaining(["announcement", "ephemeral", "membership_approval_mode"]));
    expect(childOf(group, "ephemeral")?.attrs["expiration"]).toBe("86400");
    expect(Buffer.from(childOf(group, "member_add_mode")?.content as Uint8Array).toString()).toBe("all_member_add");
  });

  test("a subject has one character at least and a hundred at most", async () => {
    for (const subject of ["", "x".repeat(101)]) {
      expect(await failure(create({ subject }, []))).toContain("not-acceptable");
    }
    await create({ subject: "x".repeat(100) }, []);
    const [group] = sim.groups;
    expect(await failure(client.socket.groupUpdateSubject(group?.id ?? "", "x".repeat(101)))).toContain(
      "not-acceptable",
    );
  });

  test("a group of a community is told and answered as one", async () => {
    const community = await create({ subject: "Town" }, [node("parent")]);
    const jid = `${childOf(community, "group")?.attrs["id"]}@g.us`;
    const told: BinaryNode[] = [];
    client.socket.ws.on("CB:notification,type:w:gp2", (one: BinaryNode) => {
      told.push(one);
      client.look();
    });
    const answer = await create({ subject: "Street" }, [node("linked_parent", { jid })]);
    expect(childOf(childOf(answer, "group"), "linked_parent")?.attrs).toEqual({ jid });
    const made = await client.until(() => told.map((one) => childOf(one, "create")).find(Boolean), "the new group");
    expect(childOf(childOf(made, "group"), "linked_parent")?.attrs).toEqual({ jid });
  });

  test("changes of who may write and who is in it carry versions", async () => {
    const group = sim.group("Family", [phone, ann]);
    const told: BinaryNode[] = [];
    client.socket.ws.on("CB:notification,type:w:gp2", (one: BinaryNode) => {
      told.push(...childrenOf(one));
      client.look();
    });
    group.switch("announcement", true);
    group.remove(ann);
    group.add(ann);
    const added = await client.until(() => told.find(({ tag }) => tag === "add"), "the change");
    const changes = told.filter(({ tag }) => tag !== "create");
    const versions = changes.map(({ tag, attrs }) => [tag, attrs["prev_v_id"], attrs["v_id"]]);
    expect(versions).toEqual([
      ["announcement", undefined, "2"],
      ["remove", "1", "2"],
      ["add", "2", "3"],
    ]);
    expect(added.attrs["v_id"]).toBe("3");
  });
});

describe("the own phone", () => {
  const { Type } = proto.Message.ProtocolMessage;
  const { PeerDataOperationRequestType } = proto.Message;

  /** Sends what companions ask of their phone, and waits for the answer. */
  async function askPhone(
    message: proto.Message.IProtocolMessage,
    fits: (told: proto.Message.IProtocolMessage) => boolean,
  ) {
    const additionalAttributes = { category: "peer", push_priority: "high_force" };
    await client.socket.relayMessage(phone.jid, { protocolMessage: message }, { additionalAttributes });
    return client.until(
      () => client.messages.flatMap(({ message: { message: told } }) => told?.protocolMessage ?? []).find(fits),
      "the phone's answer",
    );
  }

  test("sends keys of app state again, and names those it does not have", async () => {
    const unknown = Buffer.from("nobody");
    const keyIds = [{ keyId: phone.user.appStateKey.keyId }, { keyId: unknown }];
    const told = await askPhone(
      { type: Type.APP_STATE_SYNC_KEY_REQUEST, appStateSyncKeyRequest: { keyIds } },
      ({ appStateSyncKeyShare: share }) => share?.keys?.length === 2,
    );
    const keys = told.appStateSyncKeyShare?.keys ?? [];
    expect(keys.map(({ keyData }) => Boolean(keyData))).toEqual([true, false]);
    expect(Buffer.from(keys[1]?.keyId?.keyId ?? []).toString()).toBe("nobody");
  });

  test("tells older messages on demand", async () => {
    const ids: string[] = [];
    for (const text of ["one", "two", "three"]) ids.push((await ann.says(text)).id);
    await client.received("three");
    const historySyncOnDemandRequest = { chatJid: ann.jid, oldestMsgId: ids[2] ?? "", onDemandMsgCount: 1 };
    const told = await askPhone(
      {
        type: Type.PEER_DATA_OPERATION_REQUEST_MESSAGE,
        peerDataOperationRequestMessage: {
          peerDataOperationRequestType: PeerDataOperationRequestType.HISTORY_SYNC_ON_DEMAND,
          historySyncOnDemandRequest,
        },
      },
      ({ historySyncNotification: one }) => one?.syncType === proto.Message.HistorySyncType.ON_DEMAND,
    );
    const bytes = told.historySyncNotification?.initialHistBootstrapInlinePayload ?? new Uint8Array();
    const sync = proto.HistorySync.decode(inflateSync(bytes));
    expect(sync.conversations[0]?.messages?.map((one) => one.message?.message?.conversation)).toEqual(["two"]);
  });

  test("gives a collection of app state in the clear", async () => {
    phone.archives(ann);
    const told = await askPhone(
      {
        type: Type.PEER_DATA_OPERATION_REQUEST_MESSAGE,
        peerDataOperationRequestMessage: {
          peerDataOperationRequestType: PeerDataOperationRequestType.COMPANION_SYNCD_SNAPSHOT_FATAL_RECOVERY,
          syncdCollectionFatalRecoveryRequest: { collectionName: "regular_low" },
        },
      },
      ({ peerDataOperationRequestResponseMessage: one }) => one !== null && one !== undefined,
    );
    const [result] = told.peerDataOperationRequestResponseMessage?.peerDataOperationResult ?? [];
    const snapshot = Buffer.from(result?.syncdSnapshotFatalRecoveryResponse?.collectionSnapshot ?? []);
    expect(snapshot.includes("regular_low") && snapshot.includes(JSON.stringify(["archive", ann.jid]))).toBe(true);
  });

  test("has put the account's name into app state, and a salt into history", async () => {
    expect(phone.appState("critical_block").get(JSON.stringify(["setting_pushName"]))?.pushNameSetting?.name).toBe(
      "Budi",
    );
    const told = await client.until(
      () =>
        client.messages
          .flatMap(({ message: { message } }) => message?.protocolMessage?.historySyncNotification ?? [])
          .find(({ syncType }) => syncType === proto.Message.HistorySyncType.INITIAL_BOOTSTRAP),
      "history",
    );
    expect(
      inflateSync(told.initialHistBootstrapInlinePayload ?? new Uint8Array()).includes(phone.user.nctSalt ?? "none"),
    ).toBe(true);
  });
});

test("the salt's token opens the way to somebody who refuses strangers", async () => {
  ann.refusesStrangers();
  await client.socket.sendMessage(ann.jid, { text: "refused" }, { messageId: "3EB0REFUSED" });
  await sim.until(() => sim.record.outgoing("3EB0REFUSED")[0]?.answers[0] === "463");
  const proof = createHmac("sha256", phone.user.nctSalt ?? "none")
    .update(ann.lid)
    .digest();
  const additionalNodes = [node("cstoken", {}, proof)];
  await client.socket.relayMessage(ann.jid, { conversation: "let in" }, { additionalNodes });
  await ann.hears("let in");
});

test("whoever is blocked reaches nobody, and is not told so", async () => {
  const other = await linkedClient(sim, "6281100000002");
  const jid = sim.phone("6281100000002").lid;
  await client.socket.query({
    tag: "iq",
    attrs: { to: "@s.whatsapp.net", type: "set", xmlns: "blocklist" },
    content: [node("item", { action: "block", jid })],
  });
  const sent = await other.socket.sendMessage(phone.jid, { text: "hello?" });
  await sim.until(() => sim.record.outgoing(String(sent?.key.id))[0]?.answers[0] === "ok");
  await ann.says("and now", { to: phone });
  await client.received("and now");
  expect([client.texts, phone.inbox.filter(({ text }) => text === "hello?")]).toEqual([["and now"], []]);
  await other.disconnect();
});

test("a ciphertext that came before is receipted again, and not asked for", async () => {
  const twice: BinaryNode[] = [];
  sim.faults.at("in", { do: "repeat", times: 2 }, { when: "message" });
  client.socket.ws.on("CB:receipt", (one: BinaryNode) => {
    twice.push(one);
    client.look();
  });
  await client.socket.sendMessage(ann.jid, { text: "once" });
  await client.until(() => twice.length === 2, "two receipts");
  expect(twice.map(({ attrs }) => attrs["type"])).toEqual([undefined, undefined]);
});

test("posts that were seen are counted, and a call that rings is no problem", async () => {
  const channel = sim.channel("News", { by: ann, followers: [phone] });
  const post = channel.post("extra!");
  const items = [node("item", { server_id: String(post.serverId) })];
  const seen = node("receipt", { to: channel.id, type: "view", id: "1" }, [node("list", {}, items)]);
  await client.socket.sendNode(seen);
  await client.socket.sendNode(node("receipt", { to: ann.jid, id: "2" }, [node("offer", { "call-id": "X" })]));
  await ann.says("that is all");
  await client.received("that is all");
  await sim.until(() => post.views === 1);
  sim.assertNoProblems();
});

test("a notification is settled by an ack that leaves its type out", async () => {
  client.socket.ws.removeAllListeners("CB:notification");
  const notices: BinaryNode[] = [];
  client.socket.ws.on("CB:notification", (one: BinaryNode) => {
    notices.push(one);
    client.look();
  });
  ann.addsCompanion();
  const [notice] = await client.until(() => notices.length > 0 && notices, "the notice");
  const { id = "", from = "" } = notice?.attrs ?? {};
  await client.socket.sendNode(node("ack", { class: "notification", id, to: from }));
  await sim.until(() => sim.record.of(id).every(({ settledAt }) => settledAt !== undefined));
  sim.assertNoProblems();
});
