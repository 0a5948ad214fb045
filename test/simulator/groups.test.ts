import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { startMarch2026 } from "./march-2026.ts";
import type { SimulatedContact, Phone, Simulator } from "../../src/simulator/index.ts";
import { type Client, failure, linkedClient } from "./client.ts";

let sim: Simulator;
let client: Client;
let phone: Phone;
let ann: SimulatedContact;
let ben: SimulatedContact;

beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
  client = await linkedClient(sim, "6281100000001");
  phone = sim.phone("6281100000001");
  ann = sim.contact("628123456789", { name: "Ann" });
  ben = sim.contact("628123456780", { name: "Ben" });
});
afterEach(async () => {
  await client.disconnect();
  await sim.stop();
});

describe.each(["lid", "pn"] as const)("a group addressed by %s", (addressing) => {
  test("is talked in both ways", async () => {
    const group = sim.group("Family", [ann, ben, phone], { addressing });
    await ann.says("hello all", { to: group });
    const { key } = await client.received("hello all");
    expect(key).toMatchObject({ remoteJid: group.id, participant: addressing === "lid" ? ann.lid : ann.jid });
    await client.socket.sendMessage(group.id, { text: "hello Ann" });
    for (const hearer of [ann, ben, phone]) {
      expect(await hearer.hears("hello Ann")).toMatchObject({ chat: group.id, encryption: "skmsg" });
    }
    for (const at of [1, 2, 3]) {
      await ben.says(`question ${at}`, { to: group });
      await client.received(`question ${at}`);
      await client.socket.sendMessage(group.id, { text: `answer ${at}` });
      await ann.hears(`answer ${at}`);
    }
    expect(client.texts.filter((text) => text.startsWith("question"))).toHaveLength(3);
    await sim.until(() => sim.record.unsettled().length === 0);
    sim.assertNoProblems();
  });

  test("the metadata names members both ways", async () => {
    const group = sim.group("Family", [ann, phone], { addressing });
    group.describe("for the family");
    const metadata = await client.socket.groupMetadata(group.id);
    expect(metadata).toMatchObject({ subject: "Family", desc: "for the family", addressingMode: addressing, size: 2 });
    const names = metadata.participants.map(({ id, phoneNumber, lid, admin }) => ({ id, phoneNumber, lid, admin }));
    expect(names).toEqual(
      addressing === "lid"
        ? [
            { id: ann.lid, phoneNumber: ann.jid, lid: undefined, admin: "superadmin" },
            { id: phone.lid, phoneNumber: phone.jid, lid: undefined, admin: null },
          ]
        : [
            { id: ann.jid, phoneNumber: undefined, lid: ann.lid, admin: "superadmin" },
            { id: phone.jid, phoneNumber: undefined, lid: phone.lid, admin: null },
          ],
    );
    expect(Object.keys(await client.socket.groupFetchAllParticipating())).toEqual([group.id]);
  });
});

test("what the own phone says in a group arrives as the client's own", async () => {
  const group = sim.group("Family", [phone, ann]);
  await phone.says("me, from my phone", { to: group });
  expect((await client.received("me, from my phone")).key).toMatchObject({ fromMe: true, remoteJid: group.id });
});

test("a member who left hears nothing more, and the others change their keys", async () => {
  const group = sim.group("Family", [ann, ben, phone]);
  await ann.says("one", { to: group });
  await ann.says("two", { to: group });
  await client.received("two");
  const stanzas = deliveredEncs(sim);
  expect(stanzas).toEqual([["pkmsg", "skmsg"], ["skmsg"]]);
  group.remove(ben);
  await client.until(() => client.events.some(({ name }) => name === "group-participants.update"), "the removal");
  await ann.says("three", { to: group });
  await client.received("three");
  expect(deliveredEncs(sim).at(-1)).toHaveLength(2);
  await client.socket.sendMessage(group.id, { text: "only us" });
  await ann.hears("only us");
  expect(ben.inbox.map((heard) => heard.text)).toEqual(["one", "two"]);
  group.add(ben);
  await client.socket.sendMessage(group.id, { text: "welcome back" });
  await ben.hears("welcome back");
  sim.assertNoProblems();
});

function deliveredEncs(simulator: Simulator): string[][] {
  return simulator.record.messages().flatMap((one) => (one.participant ? [[...one.encryptions]] : []));
}

test("the client makes and runs a group of its own", async () => {
  const made = await client.socket.groupCreate("Team", [ann.jid, ben.jid]);
  const group = sim.findGroup(made.id);
  expect(group?.members).toEqual([
    { number: phone.number, role: "superadmin" },
    { number: ann.number, role: "member" },
    { number: ben.number, role: "member" },
  ]);
  await client.socket.groupUpdateSubject(made.id, "The team");
  await client.socket.groupUpdateDescription(made.id, "We build.");
  await client.socket.groupParticipantsUpdate(made.id, [ann.jid], "promote");
  expect(await client.socket.groupParticipantsUpdate(made.id, [ben.jid], "remove")).toMatchObject([{ status: "200" }]);
  await client.socket.groupSettingUpdate(made.id, "announcement");
  expect(group?.subject).toBe("The team");
  expect(group?.group.description?.body).toBe("We build.");
  expect(group?.members).toEqual([
    { number: phone.number, role: "superadmin" },
    { number: ann.number, role: "admin" },
  ]);
  const code = await client.socket.groupInviteCode(made.id);
  expect((await client.socket.groupGetInviteInfo(code!)).id).toBe(made.id);
  expect(await client.socket.groupRevokeInvite(made.id)).not.toBe(code);
  await client.socket.sendMessage(made.id, { text: "first post" });
  await ann.hears("first post");
  await client.socket.groupLeave(made.id);
  expect(group?.members).toEqual([{ number: ann.number, role: "admin" }]);
  sim.assertNoProblems();
});

test("who is no admin may not do what admins may", async () => {
  const group = sim.group("Family", [ann, ben, phone]);
  expect(await failure(client.socket.groupParticipantsUpdate(group.id, [ben.jid], "remove"))).toBe("forbidden");
  await client.socket.groupUpdateSubject(group.id, "Not yet locked");
  group.switch("locked", true);
  expect(await failure(client.socket.groupUpdateSubject(group.id, "Mine"))).toBe("forbidden");
  group.switch("announcement", true);
  const sent = await client.socket.sendMessage(group.id, { text: "may I?" });
  await sim.until(() => sim.record.outgoing(sent?.key.id ?? "")[0]?.answers[0] === "403");
  expect(await failure(ben.says("may I?", { to: group }))).toContain("may not write");
  expect(await failure(client.socket.groupMetadata("120363000000000000@g.us"))).toBe("item-not-found");
  group.remove(phone);
  expect(await failure(client.socket.groupMetadata(group.id))).toBe("forbidden");
  sim.assertNoProblems();
});

test("joining needs approval where the group says so", async () => {
  const group = sim.group("Club", [phone]);
  await client.socket.groupJoinApprovalMode(group.id, "on");
  group.join(ben);
  expect(await client.socket.groupRequestParticipantsList(group.id)).toMatchObject([{ jid: ben.lid }]);
  await client.socket.groupRequestParticipantsUpdate(group.id, [ben.lid], "approve");
  expect(group.members.map(({ number }) => number)).toEqual([phone.number, ben.number]);
});

test("a group of two clients: they read each other", async () => {
  const other = await linkedClient(sim, "6281100000002");
  const second = sim.phone("6281100000002");
  const group = sim.group("Bots", [phone, second, ann]);
  await client.socket.sendMessage(group.id, { text: "from one" });
  await other.received("from one");
  await ann.hears("from one");
  await other.socket.sendMessage(group.id, { text: "from two" });
  await client.received("from two");
  await client.socket.sendMessage(second.jid, { text: "privately" });
  await other.received("privately");
  await sim.until(() => sim.record.unsettled().length === 0);
  await other.disconnect();
  sim.assertNoProblems();
});

test("a client that lost its sender keys asks again", async () => {
  const group = sim.group("Family", [ann, phone]);
  await ann.says("one", { to: group });
  await client.received("one");
  client.auth.forget("sender-key");
  const said = await ann.says("two", { to: group });
  await client.received("two");
  expect(sim.record.receipted(said.id)).toContain("retry");
  sim.assertNoProblems();
});

test("a member that lost its keys asks the client again", async () => {
  const group = sim.group("Family", [ann, phone]);
  await client.socket.sendMessage(group.id, { text: "one" });
  await ann.hears("one");
  ann.forgetsSessions();
  await client.socket.sendMessage(group.id, { text: "two" });
  await sim.until("message.undecryptable");
  await ann.hears("two");
});

test("a client that is linked later learns of the groups the account is in", async () => {
  const second = sim.phone("6281100000002");
  const group = sim.group("Old friends", [ann, second]);
  const late = await linkedClient(sim, "6281100000002");
  const update = await late.until(() => late.events.find(({ name }) => name === "groups.update"), "the groups");
  expect(update.data).toMatchObject([{ id: group.id, subject: "Old friends" }]);
  await ann.says("welcome to the desktop", { to: group });
  await late.received("welcome to the desktop");
  await late.disconnect();
  sim.assertNoProblems();
});
