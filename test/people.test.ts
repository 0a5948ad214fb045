import { afterAll, beforeAll, expect, test } from "bun:test";
import type { BotEvent } from "../src/core/model/events/events.ts";
import { privacyValues } from "../src/core/ports/people.ts";
import { WoundClock } from "./clock.ts";
import { jpeg } from "./files.ts";
import { adminKey, startBot, type TestBot } from "./harness.ts";

const clock = new WoundClock();
let bot: TestBot;
beforeAll(async () => {
  bot = await startBot({ stands: { clock } });
  await bot.link();
  const said = await ann().says("Hello");
  await bot.next("message.received", ({ data }) => data.id === said.id);
});
afterAll(async () => {
  bot.sim.assertNoProblems();
  await bot[Symbol.asyncDispose]();
});

const at = "/v1/devices/default";
const ann = () => bot.contact();
const both = () => ({ jid: ann().jid, phone: ann().number, lid: ann().lid });
const named = () => ({ ...both(), username: null });

async function call<T = never>(method: string, path: string, body?: unknown) {
  const answer = await bot.call(method, `${at}${path}`, body);
  const { data, error } = (await answer.json()) as { data: T; error?: string };
  return { status: answer.status, data, error };
}

test("numbers are checked once a day, ten a minute, and the rest is told when it is known", async () => {
  let asked = 0;
  bot.sim.network.tracer = (direction, _connection, { tag, attrs }) => {
    if (direction === "in" && tag === "iq" && attrs["xmlns"] === "usync") asked++;
  };
  interface Check {
    phone: string;
    pending: boolean;
    retry_after: number | null;
  }
  const check = async (...phones: string[]) => {
    const answer = await bot.call("POST", `${at}/contacts/check`, { phones });
    const body = (await answer.json()) as { data: Check[]; request: string | null };
    return { status: answer.status, ...body };
  };
  const known = { exists: true, pending: false, retry_after: null, ...both() };
  expect(await check(ann().number)).toMatchObject({ data: [known], request: null });
  ann().isAlsoFoundBy("6281239456789");
  expect((await check("6281239456789")).data).toEqual([{ ...known, phone: "6281239456789" }]);
  const many = Array.from({ length: 13 }, (_, place) => `62800000000${String(place).padStart(2, "0")}`);
  const early = await check(ann().number, ...many);
  const pending = { exists: null, jid: null, lid: null, pending: true };
  const nobody = { exists: false, jid: null, lid: null, pending: false, retry_after: null };
  expect(early.status).toBe(200);
  expect(early.data).toEqual([
    known,
    ...many.slice(0, 8).map((phone) => ({ ...nobody, phone })),
    ...many.slice(8).map((phone, place) => ({ ...pending, phone, retry_after: 6 * (place + 1) })),
  ] as never);
  expect(asked).toBe(3);
  // Who asks meanwhile stands behind.
  const later = await check(many[12] ?? "", "6280000000099");
  expect(later.data.map(({ retry_after }) => retry_after)).toEqual([30, 36]);
  expect(asked).toBe(3);
  const told = (request: string | null) => bot.next("contacts.checked", ({ data }) => data.request === request);
  const [first, second] = [told(early.request), told(later.request)];
  clock.wind(60_000);
  const { numbers } = (await first).data;
  expect(numbers).toEqual([
    { phone: ann().number, exists: true, jid: ann().jid, lid: ann().lid },
    ...many.map((phone) => ({ phone, exists: false, jid: null, lid: null })),
  ]);
  expect((await second).data.numbers.map(({ phone }) => phone)).toEqual([many[12] ?? "", "6280000000099"]);
  const before = asked;
  expect((await check(...many)).request).toBeNull();
  expect(asked).toBe(before);
  clock.wind(24 * 3_600_000);
  await check(ann().number);
  expect(asked).toBe(before + 1);
  bot.sim.network.tracer = undefined;
});

test("people are blocked, here and on the phone; each is told", async () => {
  const blocked = (is: boolean) => bot.next("contact.blocked", ({ data }) => data.blocked === is);
  expect((await call("PUT", `/contacts/${ann().number}/block`)).status).toBe(200);
  expect(bot.phone.user.blocked.size).toBe(1);
  expect((await call<string[]>("GET", "/contacts/blocked")).data).toEqual([...bot.phone.user.blocked]);
  expect((await call("DELETE", `/contacts/${ann().lid}/block`)).status).toBe(200);
  expect((await call("GET", "/contacts/blocked")).data).toEqual([] as never);
  bot.phone.blocks(ann());
  expect((await blocked(true)).data).toEqual({ ...named(), blocked: true });
  bot.phone.blocks(ann(), false);
  expect((await blocked(false)).data).toEqual({ ...named(), blocked: false });
});

test("what others show of themselves, and when it changes", async () => {
  expect((await call("GET", `/contacts/${ann().number}`)).data).toEqual({
    ...named(),
    picture: null,
    about: null,
    business: null,
  } as never);
  ann().setsPicture(await jpeg());
  expect((await bot.next("contact.picture")).data).toEqual({ ...named(), removed: false });
  ann().describesItself("Feeding pigeons");
  expect((await bot.next("contact.about")).data).toEqual({ ...named(), about: "Feeding pigeons" });
  for (const name of [ann().number, ann().lid])
    expect((await call("GET", `/contacts/${name}`)).data).toMatchObject({
      phone: ann().number,
      lid: ann().lid,
      picture: expect.stringContaining("https://"),
      about: "Feeding pigeons",
    });
  ann().setsPicture(undefined);
  await bot.next("contact.picture", ({ data }) => data.removed);
  ann().describesItself("");
});

test("what the account shows of itself", async () => {
  const headers = { "content-type": "image/jpeg", "x-api-key": adminKey };
  const body = Uint8Array.from(await jpeg());
  const picture = (method: string, sent?: object) =>
    fetch(`${bot.url}${at}/profile/picture`, { method, headers, ...sent });
  expect((await picture("PUT", { body })).status).toBe(200);
  expect((await call("PATCH", "/profile", { about: "Carrying" })).status).toBe(200);
  expect((await call("PATCH", "/profile", { name: "Budi's bot" })).status).toBe(200);
  const name = JSON.stringify(["setting_pushName"]);
  expect(bot.phone.appState("critical_block").get(name)?.pushNameSetting?.name).toBe("Budi's bot");
  const own = { phone: bot.phone.number, lid: bot.phone.lid, name: "Budi's bot", about: "Carrying", business: null };
  const { data } = await call<{ picture: string }>("GET", "/profile");
  expect(data).toMatchObject(own);
  expect(data.picture).toStartWith("https://");
  expect((await picture("DELETE")).status).toBe(200);
  expect((await call("GET", "/profile")).data).toMatchObject({ picture: null });
  expect((await picture("PUT", { body: "no picture" })).status).toBe(400);
  expect((await call("PATCH", "/profile", { name: "x".repeat(26) })).status).toBe(400);
  // A name that the phone gives is the account's, too.
  bot.phone.renamesItself("Budi");
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  expect((await call("GET", "/profile")).data).toMatchObject({ name: "Budi" });
});

test.each(Object.entries(privacyValues))("privacy: %s takes each of its values", async (name, values) => {
  for (const value of values.toReversed()) {
    expect((await call("PATCH", "/profile/privacy", { [name]: value })).status).toBe(200);
    expect((await call<Record<string, string>>("GET", "/profile/privacy")).data[name]).toBe(value);
  }
  expect(await call("PATCH", "/profile/privacy", { [name]: "nobody" })).toMatchObject({
    status: 400,
    error: `"${name}" takes ${values.join(", ")}.`,
  });
});

test("privacy: nothing changes when one of the settings cannot be", async () => {
  const wrong = await call("PATCH", "/profile/privacy", { last: "contacts", shoes: "all" });
  expect(wrong).toMatchObject({ status: 400, error: expect.stringContaining('"shoes" is no privacy setting') });
  expect((await call("GET", "/profile/privacy")).data).toMatchObject({ last: "all" });
});

test("who is online, and since when not, is told of those one watches", async () => {
  expect((await call("PUT", "/presence", { online: true })).status).toBe(200);
  expect((await call("POST", `/contacts/${ann().number}/presence`)).status).toBe(200);
  const shown = (state: string) =>
    bot.next("presence", ({ data }) => data.state === state && data.member === ann().jid);
  ann().comesOnline();
  expect(await shown("available")).toMatchObject({ seq: null, data: { chat: ann().jid, last_seen: null } });
  ann().goesOffline();
  await bot.next("presence", ({ data }) => data.state === "unavailable" && data.last_seen !== null);
  for (const state of ["composing", "recording", "paused"] as const) {
    ann().types(state);
    await shown(state === "paused" ? "available" : state);
  }
  // Over another connection, too; and the account shows itself as it did.
  const shows: string[] = [];
  const stopListening = bot.sim.on((event) => void (event.type === "presence" && shows.push(event.state)));
  await bot.device.stop();
  await bot.device.start();
  await bot.connected();
  await bot.sim.until(() => bot.phone.user.linked.some(({ subscriptions }) => subscriptions.size > 0));
  stopListening();
  expect(shows.slice(-2)).toEqual(["available", "subscribe"]);
  const before = bot.events.length;
  ann().comesOnline();
  await bot.until(
    () => bot.events.slice(before).some(({ type }) => type === "presence"),
    "her coming after a reconnect",
  );
  const group = bot.sim.group("Typists", [ann(), bot.phone]);
  ann().types("recording", { to: group });
  expect((await bot.next("presence", ({ data }) => data.chat === group.id)).data).toMatchObject({
    member: ann().jid,
    member_lid: ann().lid,
  });
});

test("whom one account watched is nothing to the next", async () => {
  await using other = await startBot();
  await other.link();
  const watch = (number: string) => other.call("POST", `${at}/contacts/${number}/presence`);
  await watch(other.contact().number);
  await other.device.logout();
  await other.link();
  const citra = other.contact("628999000111", "Citra");
  await watch(citra.number);
  await other.sim.until(() => other.phone.user.linked.some(({ subscriptions }) => subscriptions.has(citra.lid)));
  expect(other.phone.user.linked.map(({ subscriptions }) => [...subscriptions])).toEqual([[citra.lid]]);
});

test("calls: rung, answered or declined on the phone, given up, declined here", async () => {
  for (const by of ["pn", "lid"] as const) {
    const ringing = ann().calls({ video: by === "lid", by });
    const told = (type: "call.received" | "call.accepted" | "call.rejected" | "call.ended", id: string) =>
      bot.next(type, ({ data }) => data.call_id === id);
    const { data } = await told("call.received", ringing.id);
    const from = ann().jid;
    const facts = { from, from_phone: ann().number, video: by === "lid", group: null };
    expect(data).toMatchObject(facts);
    ringing.pickedUp();
    expect((await told("call.accepted", ringing.id)).data).toMatchObject(facts);
    ringing.hangsUp();
    expect((await told("call.ended", ringing.id)).data).toMatchObject(facts);
    const other = ann().calls({ by });
    other.declined();
    expect((await told("call.rejected", other.id)).data).toMatchObject({ from, from_phone: ann().number });
    const third = ann().calls({ by });
    await told("call.received", third.id);
    expect((await call("POST", `/calls/${third.id}/reject`, { from })).status).toBe(200);
    await third.rejected();
  }
});

test("somebody who hid their number is one person once it is known, and that is told once", async () => {
  const dewi = bot.contact("628777000111", "Dewi");
  const first = await dewi.says("Guess who", { by: "lid", hidden: true });
  const heard = await bot.next("message.received", ({ data }) => data.id === first.id);
  expect(heard.data).toMatchObject({ sender: dewi.lid, sender_phone: null, sender_lid: dewi.lid });
  const entry = { jid: dewi.lid, phone: null, lid: dewi.lid, push_name: "Dewi" };
  const found = () => call("GET", "/contacts?search=dewi");
  expect((await found()).data).toMatchObject([entry]);
  const chats = async () => {
    const { data } = await call<{ jid: string; name: string; unread: number }[]>("GET", "/chats");
    return data.filter(({ jid }) => jid === dewi.jid || jid === dewi.lid);
  };
  expect(await chats()).toMatchObject([{ jid: dewi.lid, unread: 1 }]);

  await dewi.says("It is me");
  const resolved = await bot.next("contact.resolved");
  expect(resolved.data).toEqual({ phone: dewi.number, jid: dewi.lid, lid: dewi.lid, username: null });
  // Their chat keeps its name.
  expect((await found()).data).toMatchObject([{ ...entry, phone: dewi.number }]);
  expect(await chats()).toMatchObject([{ jid: dewi.lid, unread: 2, name: "Dewi" }]);
  for (const name of [dewi.number, dewi.lid])
    expect((await call("GET", `/history?chat=${name}`)).data).toMatchObject([{ chat: dewi.lid }, { chat: dewi.lid }]);
  expect((await call("POST", `/chats/${dewi.number}/read`)).data).toEqual({ messages: 2 } as never);
  await first.seen();

  dewi.user.name = "Dewi Lestari";
  await dewi.says("Renamed");
  const renamed = await bot.next("contact.updated", ({ data }) => data.push_name === "Dewi Lestari");
  const { number: phone, lid } = dewi;
  const names = { jid: lid, phone, lid, username: null, name: null, push_name: "Dewi Lestari" };
  expect(renamed.data).toEqual({ ...names, changed: ["push_name"] });
  expect(bot.events.filter(({ type }) => type === "contact.resolved")).toHaveLength(1);
});

test("what the owner reads on the phone is read, as far as they read", async () => {
  const unread = async () =>
    (await call<{ jid: string; unread: number }[]>("GET", "/chats")).data.find(({ jid }) => jid === ann().jid)?.unread;
  const before = (await unread()) ?? 0;
  const [one, two] = [await ann().says("One", { by: "pn" }), await ann().says("Two", { by: "lid" })];
  await bot.next("message.received", ({ data }) => data.id === two.id);
  expect(await unread()).toBe(before + 2);
  bot.phone.reads(one);
  const seen = await bot.next("chat.updated", ({ data }) => data.unread === false && data.chat === ann().jid);
  expect(seen.seq).toBeNumber();
  expect(await unread()).toBe(1);
  const isSeen = ({ seq, data }: BotEvent<"chat.updated">) => seq !== seen.seq && data.unread === false;
  bot.phone.reads(two);
  await bot.next("chat.updated", (event) => isSeen(event) && event.data.chat === ann().jid);
  expect(await unread()).toBe(0);
  const group = bot.sim.group("Readers", [ann(), bot.phone]);
  const said = await ann().says("All of you", { to: group });
  await bot.next("message.received", ({ data }) => data.id === said.id);
  bot.phone.reads(said);
  await bot.next("chat.updated", ({ data }) => data.unread === false && data.chat === group.id);
});
