import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { EventData } from "../src/core/model/events/events.ts";
import type { SimulatedContact, GroupChat } from "../src/simulator/index.ts";
import { jpeg } from "./files.ts";
import { adminKey, startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const at = "/v1/devices/default";
const ann = () => bot.contact();
const citra = () => bot.contact("628999000111", "Citra");
const dewi = () => bot.contact("628777000111", "Dewi");

async function call<T = never>(method: string, path: string, body?: unknown) {
  const answer = await bot.call(method, `${at}${path}`, body);
  const { data, error } = (await answer.json()) as { data: T; error?: string };
  return { status: answer.status, data, error };
}

/** A group of the bot's own, with Ann in it. */
async function own(subject: string, members: SimulatedContact[] = [ann()]): Promise<GroupChat> {
  const made = await call<{ id: string }>("POST", "/groups", { subject, members: members.map(({ number }) => number) });
  expect(made.status).toBe(200);
  return found(made.data.id);
}

function found(id: string): GroupChat {
  const group = bot.sim.findGroup(id);
  if (!group) throw new Error(`there is no group ${id}`);
  return group;
}

const changed = async (group: GroupChat, name: keyof EventData<"group.updated">["change"]) =>
  (await bot.next("group.updated", ({ data }) => data.group === group.id && name in data.change)).data;

describe.each(["lid", "pn"] as const)("in a group whose members are named by %s", (addressing) => {
  test("everything somebody changes is told, with who did it", async () => {
    const group = bot.sim.group("Old news", [ann(), bot.phone], { addressing });
    const joined = await bot.next("group.joined", ({ data }) => data.group === group.id);
    const author = { author_phone: ann().number, author_lid: ann().lid };
    expect(joined.data).toMatchObject({ subject: "Old news", members: 2, ...author });
    group.rename("News");
    expect(await changed(group, "subject")).toMatchObject({ ...author, change: { subject: "News" } });
    group.describe("All of it");
    expect((await changed(group, "description")).change).toEqual({ description: "All of it" });
    group.switch("announcement", true);
    expect((await changed(group, "announce_only")).change).toEqual({ announce_only: true });
    group.switch("locked", true);
    expect((await changed(group, "locked")).change).toEqual({ locked: true });
    group.disappears(604_800);
    expect((await changed(group, "timer")).change).toEqual({ timer: 604_800 });
    group.letsEveryoneAdd(true);
    expect((await changed(group, "members_add")).change).toEqual({ members_add: true });
    group.asksApproval(true);
    expect((await changed(group, "join_approval")).change).toEqual({ join_approval: true });
    const told = (action: string) =>
      bot.next("group.members", ({ data }) => data.group === group.id && data.action === action);
    for (const [action, change] of [
      ["add", () => group.add(citra())],
      ["promote", () => group.promote(citra())],
      ["demote", () => group.demote(citra())],
      ["remove", () => group.remove(citra())],
    ] as const) {
      change();
      const { data } = await told(action);
      expect(data.members).toMatchObject([{ phone: citra().number, lid: citra().lid }]);
    }
    const info = await call("GET", `/groups/${group.id}`);
    expect(info.data).toMatchObject({ subject: "News", description: "All of it", announce_only: true, timer: 604_800 });
  });

  test("who asks to join is told, and who no longer does; each is let in or turned away", async () => {
    const group = bot.sim.group("Door", [bot.phone, ann()], { addressing });
    group.asksApproval(true);
    const request = (action: string, who: SimulatedContact) =>
      bot.next(
        "group.join_request",
        ({ data }) => data.group === group.id && data.action === action && data.member.lid === who.lid,
      );
    group.join(citra());
    const { data: asked } = await request("created", citra());
    expect(asked).toMatchObject({ member: { phone: citra().number }, method: "invite_link" });
    group.withdraw(citra());
    await request("revoked", citra());
    group.join(citra());
    group.join(dewi());
    await request("created", dewi());
    const waiting = await call("GET", `/groups/${group.id}/requests`);
    expect(waiting.data).toMatchObject([
      { phone: citra().number },
      { lid: dewi().lid, requested_at: expect.any(Number) },
    ]);
    const verdict = (which: string, members: string[]) =>
      call("POST", `/groups/${group.id}/requests`, { verdict: which, members });
    const let_in = await verdict("approve", [citra().lid, "628000000001"]);
    expect(let_in.data).toMatchObject([
      { ok: true, code: 200, lid: citra().lid },
      { ok: false, code: 404, reason: "there is no such thing" },
    ]);
    await bot.next("group.members", ({ data }) => data.group === group.id && data.action === "add");
    const turned = await verdict("reject", [dewi().number]);
    expect(turned.data).toMatchObject([{ ok: true }]);
    await request("rejected", dewi());
    expect(group.requests).toEqual([]);
    expect(group.members.map(({ number }) => number)).toEqual([bot.phone.number, ann().number, citra().number]);
  });
});

test("every setting is changed by the bot, and read back", async () => {
  const group = await own("Settings");
  const settings = {
    subject: "Set",
    description: "As it should be",
    announce_only: true,
    locked: true,
    join_approval: true,
    members_add: false,
    timer: 86_400,
  };
  expect((await call("PATCH", `/groups/${group.id}`, settings)).status).toBe(200);
  expect((await call("GET", `/groups/${group.id}`)).data).toMatchObject(settings);
  const off = {
    description: null,
    announce_only: false,
    locked: false,
    join_approval: false,
    members_add: true,
    timer: 0,
  };
  expect((await call("PATCH", `/groups/${group.id}`, off)).status).toBe(200);
  expect((await call("GET", `/groups/${group.id}`)).data).toMatchObject({ ...off, subject: "Set" });

  const headers = { "content-type": "image/jpeg", "x-api-key": adminKey };
  const body = Uint8Array.from(await jpeg());
  const shown = async () => (await call<{ picture: string | null }>("GET", `/groups/${group.id}/picture`)).data.picture;
  expect(await shown()).toBeNull();
  const put = await fetch(`${bot.url}${at}/groups/${group.id}/picture`, { method: "PUT", headers, body });
  expect(put.status).toBe(200);
  expect((await changed(group, "picture")).change).toEqual({ picture: true });
  expect(await shown()).toStartWith("https://");
  expect((await call("DELETE", `/groups/${group.id}/picture`)).status).toBe(200);
  expect(await shown()).toBeNull();
  expect((await call<{ id: string }[]>("GET", "/groups")).data).toContainEqual(
    expect.objectContaining({ id: group.id, subject: "Set" }),
  );
  expect((await call("DELETE", `/groups/${group.id}`)).status).toBe(200);
  expect(group.members.map(({ number }) => number)).toEqual([ann().number]);
  expect((await call("GET", `/groups/${group.id}`)).status).toBe(422);
});

test("who cannot be added is named with an invitation, which can be sent and accepted", async () => {
  const shy = bot.contact("628555000222", "Eka");
  shy.refusesGroups();
  const group = await own("Friends");
  const members = [shy.number, ann().number, citra().lid, "628000000002"];
  const answer = await call<{ invite: { code: string; expires_at: number } }[]>("POST", `/groups/${group.id}/members`, {
    action: "add",
    members,
  });
  // Bun's toMatchObject leaves its matchers in what it was given.
  const [first] = structuredClone(answer.data);
  expect(answer.data).toMatchObject([
    { ok: false, code: 403, lid: shy.lid, invite: { code: expect.any(String), expires_at: expect.any(Number) } },
    { ok: false, code: 409, reason: "it is so already", invite: null },
    { ok: true, code: 200, phone: citra().number },
    { ok: false, code: 404 },
  ]);
  const { code, expires_at: expiry } = first?.invite ?? { code: "", expires_at: 0 };
  const content = { kind: "group_invite", group: group.id, name: "Friends", code, expires_at: expiry } as const;
  const { waId } = await bot.device.outbox.send({ to: shy.number, content });
  const heard = await shy.hears(({ id }) => id === waId);
  expect(heard.message.groupInviteMessage).toMatchObject({ groupJid: group.id, inviteCode: code });

  const made = await call<{ id: string }>("POST", "/groups", { subject: "More", members: [ann().number, shy.number] });
  expect(made.data).toMatchObject({ size: 2, refused: [{ code: 403, lid: shy.lid }] });
  for (const action of ["promote", "demote", "remove"]) {
    const done = await call("POST", `/groups/${group.id}/members`, {
      action,
      members: [citra().number, dewi().number],
    });
    expect(done.data).toMatchObject([{ ok: true }, { ok: false, code: 404 }]);
  }

  // The other way round: the bot is invited.
  const theirs = bot.sim.group("Theirs", [ann()]);
  const ticket = "aNiNvItAtIoN";
  theirs.group.invitations.set(bot.phone.user, ticket);
  const invitation = { group: theirs.id, code: ticket, from: ann().number, expires_at: expiry };
  expect(await call("POST", "/groups/join", { ...invitation, from: undefined })).toMatchObject({ status: 400 });
  expect(await call("POST", "/groups/join", { ...invitation, code: "another1" })).toMatchObject({ status: 422 });
  expect((await call("POST", "/groups/join", invitation)).data).toEqual({ id: theirs.id, pending: false } as never);
  await bot.next("group.joined", ({ data }) => data.group === theirs.id);
});

test("links: shown, made anew, looked at, joined by, and waited at", async () => {
  const group = bot.sim.group("Open house", [ann()]);
  const link = `https://chat.whatsapp.com/${group.inviteCode}`;
  const seen = await call("GET", `/groups/preview?code=${encodeURIComponent(link)}`);
  expect(seen.data).toMatchObject({ id: group.id, subject: "Open house", size: 1 });
  expect((await call("POST", "/groups/join", { code: link })).data).toEqual({ id: group.id, pending: false } as never);
  expect((await call("POST", "/groups/join", { code: link })).status).toBe(422);
  const joined = await bot.next("group.joined", ({ data }) => data.group === group.id);
  expect(joined.data.members).toBe(2);

  const shut = bot.sim.group("Shut", [ann()]);
  shut.asksApproval(true);
  const waiting = await call("POST", "/groups/join", { code: shut.inviteCode });
  expect(waiting.data).toEqual({ id: shut.id, pending: true } as never);
  expect(shut.requests).toEqual([bot.phone.number]);

  const mine = await own("Mine");
  const first = await call<{ code: string }>("GET", `/groups/${mine.id}/invite`);
  const second = await call<{ code: string }>("DELETE", `/groups/${mine.id}/invite`);
  expect(second.data.code).not.toBe(first.data.code);
  expect((await call("GET", `/groups/preview?code=${first.data.code}`)).status).toBe(422);
  expect((await call("GET", `/groups/preview?code=${second.data.code}`)).data).toMatchObject({ id: mine.id });
  expect((await call("GET", `/groups/${group.id}/invite`)).status).toBe(404);
});

test("a community: made, filled, emptied, left; each is told", async () => {
  const made = await call<{ id: string }>("POST", "/communities", { subject: "Birds", description: "All of them" });
  expect(made.data).toMatchObject({ subject: "Birds", description: "All of them", community: true });
  const { id } = made.data;
  const parts = async () => (await call<{ id: string; subject: string }[]>("GET", `/communities/${id}/groups`)).data;
  expect(await parts()).toMatchObject([
    { subject: "Birds", announcements: true, size: 1 },
    { subject: "General", announcements: false },
  ]);
  const announcements = (await parts())[0]?.id ?? "";
  expect((await call("GET", `/groups/${announcements}`)).data).toMatchObject({
    parent: id,
    announcements: true,
    announce_only: true,
  });

  const group = await own("Pigeons");
  const strangers = bot.sim.group("Strangers", [ann(), bot.phone]);
  const linked = await call("POST", `/communities/${id}/groups`, { groups: [group.id, strangers.id] });
  expect(linked.data).toEqual([
    { group: group.id, ok: true, code: 200, reason: null },
    { group: strangers.id, ok: false, code: 403, reason: "this account may not do that here" },
  ] as never);
  const { data } = await bot.next("community.linked", (event) => event.data.group === group.id);
  expect(data).toMatchObject({ community: id, subject: "Pigeons", author_phone: bot.phone.number });
  expect((await call("GET", `/groups/${group.id}`)).data).toMatchObject({ parent: id });
  const born = await call<{ id: string }>("POST", "/groups", { subject: "Wrens", members: [ann().lid], community: id });
  expect(born.data).toMatchObject({ subject: "Wrens" });
  expect((await parts()).map(({ subject }) => subject)).toEqual(["Birds", "General", "Pigeons", "Wrens"]);
  expect((await call("DELETE", `/communities/${id}/groups/${group.id}`)).data).toMatchObject([{ ok: true }]);
  await bot.next("community.unlinked", (event) => event.data.community === id && event.data.group === group.id);

  expect((await call<{ id: string }[]>("GET", "/communities")).data.map((each) => each.id)).toEqual([id]);
  const { waId } = await bot.device.outbox.send({ to: announcements, content: { kind: "text", text: "Hear, hear" } });
  await bot.next("message.sent", (event) => event.data.id === waId);
  expect((await call("DELETE", `/communities/${id}`)).status).toBe(200);
  expect((await call("GET", "/communities")).data).toEqual([] as never);
  expect(await call("GET", "/communities/birds/groups")).toMatchObject({
    status: 400,
    error: expect.stringContaining("community"),
  });
});

test("a message to a group one is not in fails at once, and says why", async () => {
  const group = bot.sim.group("Elsewhere", [ann()]);
  const { waId } = await bot.device.outbox.send({ to: group.id, content: { kind: "text", text: "May I?" } });
  const { data } = await bot.next("message.failed", (event) => event.data.id === waId);
  expect(data).toMatchObject({ code: "refused", error: "WhatsApp refused: this account may not do that here." });
});

test("a second message to a group asks WhatsApp nothing at all, until the group changes", async () => {
  const group = bot.sim.group("Quiet", [ann(), bot.phone]);
  await bot.next("group.joined", ({ data }) => data.group === group.id);
  let asked: string[] = [];
  // The group, its members' devices, their keys. What Baileys asks on its own account, whenever it pleases, is not for a message.
  const forMessages = ["w:g2", "usync", "encrypt"];
  bot.sim.network.tracer = (direction, _connection, { tag, attrs: { type, xmlns = "" } }) => {
    if (direction === "in" && tag === "iq" && type === "get" && forMessages.includes(xmlns)) asked.push(xmlns);
  };
  const say = async (text: string) => {
    asked = [];
    const { waId } = await bot.device.outbox.send({ to: group.id, content: { kind: "text", text } });
    await ann().hears(({ id }) => id === waId);
    return asked;
  };
  expect(await say("one")).toContain("w:g2");
  expect(await say("two")).toEqual([]);
  expect(await say("three")).toEqual([]);
  group.add(citra());
  await bot.next("group.members", ({ data }) => data.group === group.id);
  expect((await say("four")).filter((name) => name === "w:g2")).toHaveLength(1);
  await citra().hears("four");
  expect(await say("five")).toEqual([]);
  bot.sim.network.tracer = undefined;
});

test("who joins just before WhatsApp's answer, which does not know it, gets the message after", async () => {
  const group = bot.sim.group("Hasty", [ann(), bot.phone]);
  await bot.next("group.joined", ({ data }) => data.group === group.id);
  bot.sim.network.tracer = (direction, _connection, { tag, content }) => {
    const [answer] = Array.isArray(content) ? content : [];
    if (direction !== "out" || tag !== "iq" || answer?.tag !== "group") return;
    bot.sim.network.tracer = undefined;
    group.add(citra());
  };
  const { waId } = await bot.device.outbox.send({ to: group.id, content: { kind: "text", text: "Who is there?" } });
  await ann().hears(({ id }) => id === waId);
  await bot.next("group.members", ({ data }) => data.group === group.id);
  await bot.device.outbox.send({ to: group.id, content: { kind: "text", text: "Welcome" } });
  await citra().hears("Welcome");
});
