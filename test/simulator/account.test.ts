import { afterEach, beforeEach, expect, test } from "bun:test";
import { startMarch2026 } from "./march-2026.ts";
import type { SimulatedContact, Phone, Simulator } from "../../src/simulator/index.ts";
import { type Client, failure, linkedClient } from "./client.ts";

let sim: Simulator;
let client: Client;
let phone: Phone;
let ann: SimulatedContact;

beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
  client = await linkedClient(sim, "6281100000001", { appStateMacVerification: { patch: true, snapshot: true } });
  phone = sim.phone("6281100000001");
  ann = sim.contact("628123456789", { name: "Ann" });
});
afterEach(async () => {
  await client.disconnect();
  await sim.stop();
});

test("pictures: a contact's is shown or missing, a group's only who may set it", async () => {
  expect(await failure(client.socket.profilePictureUrl(ann.jid))).toBe("item-not-found");
  ann.setsPicture(Buffer.from("jpeg"));
  const url = await client.socket.profilePictureUrl(ann.jid);
  expect(await (await fetch(url ?? "", { tls: { ca: sim.certificate } })).text()).toBe("jpeg");
  const group = sim.group("Family", [ann, phone]);
  group.switch("locked", true);
  expect(await failure(client.socket.removeProfilePicture(group.id))).toBe("forbidden");
  sim.assertNoProblems();
});

test("the account's own settings are kept", async () => {
  await client.socket.updateProfileStatus("busy");
  expect(await client.socket.fetchStatus(phone.jid)).toMatchObject([{ status: { status: "busy" } }]);
  await client.socket.updateLastSeenPrivacy("none");
  expect(await client.socket.fetchPrivacySettings(true)).toMatchObject({ last: "none", online: "all" });
  await client.socket.updateDefaultDisappearingMode(86_400);
  await ann.says("hi");
  await client.received("hi");
  await client.socket.updateBlockStatus(ann.jid, "block");
  expect(await client.socket.fetchBlocklist()).toHaveLength(1);
  await client.socket.updateBlockStatus(ann.jid, "unblock");
  expect(await client.socket.fetchBlocklist()).toEqual([]);
  expect(await client.socket.fetchAccountReachoutTimelock()).toMatchObject({ isActive: false });
  sim.assertNoProblems();
});

test("app state: what the client changes is kept by the server in versions, and read back", async () => {
  await client.until(() => client.auth.creds.myAppStateKeyId, "the app state key");
  await client.socket.chatModify({ pin: true }, ann.jid);
  await client.socket.chatModify({ mute: 3_600_000 }, ann.jid);
  expect(phone.user.collection("regular_low").version + phone.user.collection("regular_high").version).toBe(2);
  await client.socket.resyncAppState(["regular_low", "regular_high"], false);
  sim.assertNoProblems();
});

test("a status arrives as one", async () => {
  await ann.postsStatus("my day");
  expect((await client.received("my day")).key).toMatchObject({ remoteJid: "status@broadcast", participant: ann.jid });
});

test("the client posts a status to a contact", async () => {
  await client.socket.sendMessage("status@broadcast", { text: "our day" }, { statusJidList: [ann.jid] });
  expect((await ann.hears("our day")).chat).toBe("status@broadcast");
  sim.assertNoProblems();
});

test("who refuses strangers is reached with a token, or after writing first", async () => {
  ann.refusesStrangers();
  const refused = await client.socket.sendMessage(ann.jid, { text: "cold call" });
  await sim.until(() => sim.record.outgoing(refused?.key.id ?? "")[0]?.answers[0] === "463");
  ann.trusts(phone);
  await sim.until(() => sim.record.unsettled("notification").length === 0);
  await client.socket.sendMessage(ann.jid, { text: "with a token" });
  await ann.hears("with a token");

  const ben = sim.contact("628123456780", { name: "Ben" });
  ben.refusesStrangers();
  await ben.says("write me");
  await client.received("write me");
  await client.socket.sendMessage(ben.jid, { text: "you wrote first" });
  await ben.hears("you wrote first");
  sim.assertNoProblems();
});

test("a restriction of the account is told to the client", async () => {
  phone.restrict({ is_active: true, time_enforcement_ends: "1999999999", enforcement_type: "WEB_COMPANION_ONLY" });
  await client.until(
    () =>
      client.events.some(
        ({ name, data }) => name === "connection.update" && JSON.stringify(data).includes("reachoutTimeLock"),
      ),
    "the restriction",
  );
  expect(await client.socket.fetchAccountReachoutTimelock()).toMatchObject({ isActive: true });
});

test("a restricted account reaches those who wrote first, and nobody else", async () => {
  await ann.says("hi");
  await client.received("hi");
  phone.restrict({ is_active: true }, { told: false });
  const cold = await client.socket.sendMessage(sim.contact("628123456780").jid, { text: "cold call" });
  await sim.until(() => sim.record.outgoing(cold?.key.id ?? "")[0]?.answers[0] === "463");
  await client.socket.sendMessage(ann.jid, { text: "an answer" });
  await ann.hears("an answer");
  sim.assertNoProblems();
});

test("a cap on new chats is told to the client", async () => {
  phone.cap({ capping_status: "CAPPED", total_quota: 10, used_quota: 10, cycle_end_timestamp: "1999999999" });
  await client.until(() => client.events.find(({ name }) => name === "message-capping.update"), "the cap");
  expect(await client.socket.fetchNewChatMessageCap()).toMatchObject({ capping_status: "CAPPED" });
});

test("a client that leaves a device out is told so by the hash of the right list", async () => {
  const acks: Record<string, string>[] = [];
  client.socket.ws.on("CB:ack,class:message", (ack: { attrs: Record<string, string> }) => acks.push(ack.attrs));
  await client.socket.sendMessage(ann.jid, { text: "one" });
  await ann.hears("one");
  const lost = sim.faults.at("out", { do: "drop" }, { when: "notification" });
  ann.addsCompanion();
  await client.socket.sendMessage(ann.jid, { text: "two" });
  await ann.hears("two");
  await client.socket.fetchPrivacySettings(true);
  lost.cancel();
  expect(acks.map((attrs) => attrs["phash"]?.slice(0, 2))).toEqual([undefined, "2:"]);
});

test("app state: what the phone changes reaches the client, and the phone reads what the client changed", async () => {
  await client.until(() => client.auth.creds.myAppStateKeyId, "the app state key");
  // Baileys syncs once for each part of the history, and tells nothing of chats that it has no message of while it does.
  await client.until(() => client.auth.creds.accountSyncCounter >= 3, "the first syncs of app state");
  await sim.until(() => sim.record.unsettled("message").length === 0);
  phone.archives(ann);
  phone.pins(ann);
  phone.savesContact(ann, "Aunt Ann");
  phone.mutes(ann, 1_999_999_999_000);
  const seen = (text: string) => () => client.events.some(({ data }) => JSON.stringify(data).includes(text));
  await client.until(seen('"archived":true'), "the archived chat");
  await client.until(seen('"muteEndTime":1999999999000'), "the muted chat");
  await client.until(seen("Aunt Ann"), "the contact's name");
  await client.socket.chatModify({ pin: false }, ann.jid);
  await client.socket.chatModify({ mute: null }, ann.jid);
  expect(phone.appState("regular_low").get(JSON.stringify(["pin_v1", ann.jid]))?.pinAction?.pinned).toBe(false);
  expect(phone.appState("regular_high").get(JSON.stringify(["mute", ann.jid]))?.muteAction?.muted).toBe(false);
  await sim.until(() => sim.record.unsettled().length === 0);
  sim.assertNoProblems();
});

test("a file that has expired is uploaded again by the own phone, if it still has it", async () => {
  await ann.sends({ kind: "image", bytes: Buffer.from("jpeg"), caption: "look" });
  const { message } = await client.until(
    () => client.messages.find((one) => one.message.message?.imageMessage),
    "the picture",
  );
  const before = message.message?.imageMessage?.directPath ?? "";
  sim.media.expire(before);
  const updated = await client.socket.updateMediaMessage(message);
  const after = updated.message?.imageMessage?.directPath ?? "";
  expect(after).not.toBe(before);
  expect(sim.media.file(after)).toBeDefined();
  const unknown = { ...message, key: { ...message.key, id: "3A00000000000000FFFF" } };
  expect(await failure(client.socket.updateMediaMessage(unknown))).toContain("Failed to re-upload media");
});

test("typing shows in groups too", async () => {
  const group = sim.group("Family", [ann, phone]);
  ann.types("composing", { to: group });
  const shown = await client.until(() => client.events.find(({ name }) => name === "presence.update"), "the typing");
  expect(shown.data).toMatchObject({ id: group.id, presences: { [ann.lid]: { lastKnownPresence: "composing" } } });
});
