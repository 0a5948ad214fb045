import { afterAll, beforeAll, expect, test } from "bun:test";
import { picture } from "./files.ts";
import { startBot, type TestBot } from "./harness.ts";

interface Said {
  id: string;
  chat: string;
  content: { kind: string; text?: string };
  raw?: object;
}
interface Page<T> {
  data: T[];
  next: number | null;
  cursor: string | null;
  total?: number;
  error?: string;
}

let bot: TestBot;
const [ann, eve] = [() => bot.contact(), () => bot.contact("628199988877", "Eve")];
const get = async <T = Said>(path: string) =>
  (await (await bot.call("GET", `/v1/devices/default/${path}`)).json()) as Page<T>;
const texts = ({ data }: Page<Said>) => data.map(({ content }) => content.text ?? content.kind);

beforeAll(async () => {
  bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.link();
  const heard = async (id: string) => void (await bot.next("message.received", ({ data }) => data.id === id));
  const send = async (to: string, text: string) => {
    const { id } = await bot.device.outbox.send({ to, content: { kind: "text", text } });
    await bot.device.outbox.settled(id, 5_000);
  };
  await heard((await ann().says("one", { to: bot.phone })).id);
  await heard((await ann().sends({ kind: "image", bytes: await picture() })).id);
  await heard((await eve().says("two", { to: bot.phone, id: "TWICE0001" })).id);
  await send(ann().number, "three");
  await send(eve().number, "four");
});
afterAll(() => bot[Symbol.asyncDispose]());

test("history is filtered by kind, direction, chat and time, counted, and read from either end", async () => {
  expect(texts(await get("history?kind=text&count=true"))).toEqual(["four", "three", "two", "one"]);
  expect((await get("history?kind=text&count=true&limit=1")).total).toBe(4);
  expect(texts(await get("history?kind=image"))).toEqual(["image"]);
  expect(texts(await get("history?direction=in&kind=text,image"))).toEqual(["two", "image", "one"]);
  expect(await get(`history?direction=out&chat=${ann().number}&count=true`)).toMatchObject({ total: 1, next: null });
  const soon = Math.floor(Date.now() / 1_000) + 60;
  expect(texts(await get(`history?since=${soon}`))).toEqual([]);
  expect(texts(await get(`history?until=${soon}&direction=out`))).toEqual(["four", "three"]);
  const first = await get("history?sort=oldest&limit=2&count=true");
  expect([texts(first), first.total]).toEqual([["one", "image"], 5]);
  expect(texts(await get(`history?sort=oldest&limit=2&after=${first.next}`))).toEqual(["two", "three"]);
  const page = await get("history?kind=text&limit=3");
  expect(texts(await get(`history?kind=text&limit=3&before=${page.next}`))).toEqual(["one"]);
  expect(texts(await get("history?search=two&direction=in"))).toEqual(["two"]);
  expect(texts(await get("history?search=two&direction=out"))).toEqual([]);
});

test("what does not go together, or is no filter, is refused by name", async () => {
  for (const [query, sentence] of [
    ["kind=film", '"kind" takes some of text'],
    ["direction=up", '"direction" takes'],
    ["sort=oldest&before=3", '"before" does not go with that order'],
    ["after=3", '"after" does not go with that order'],
    ["sort=oldest&search=x", '"sort" does not go with "search"'],
    ["count=true&search=x", '"count" does not go with "search"'],
    ["since=soon", '"since" takes'],
  ] as const)
    expect((await get(`history?${query}`)).error).toContain(sentence);
  expect((await get("messages?status=gone")).error).toContain('"status" takes some of queued');
});

test("an id finds its messages in every chat, with the raw one on request", async () => {
  await ann().says("the same id", { to: bot.phone, id: "TWICE0001" });
  await bot.next("message.received", ({ data }) => "text" in data.content && data.content.text === "the same id");
  const both = await get("history/TWICE0001?raw=true");
  expect(texts(both)).toEqual(["two", "the same id"]);
  expect(new Set(both.data.map(({ chat }) => chat)).size).toBe(2);
  expect(both.data.map(({ raw }) => JSON.stringify(raw))).toEqual([
    expect.stringContaining("two"),
    expect.stringContaining("the same id"),
  ]);
  expect((await get("history/TWICE0001")).data[0]).not.toHaveProperty("raw");
  expect((await bot.call("GET", "/v1/devices/default/history/NOBODYS")).status).toBe(404);
});

test("what was sent is filtered by chat, kind, status and time, and counted", async () => {
  const sent = await get(`messages?chat=${eve().number}&count=true`);
  expect([texts(sent), sent.total]).toEqual([["four"], 1]);
  expect((await get("messages?status=failed,queued&count=true")).total).toBe(0);
  const all = await get("messages?status=sent,delivered,read&kind=text&limit=1&count=true");
  expect([texts(all), all.total]).toEqual([["four"], 2]);
  expect(texts(await get(`messages?kind=text&limit=1&cursor=${all.cursor}`))).toEqual(["three"]);
  expect((await get("messages?kind=image&count=true")).total).toBe(0);
  expect((await get("messages?state=sent&until=1000000000&count=true")).total).toBe(0);
});

test("chats are found by name, kind and whether they are unread, and counted", async () => {
  const chats = async (query: string) => get<{ jid: string; phone: string }>(`chats?${query}`);
  expect((await chats("search=ann&count=true")).data.map(({ phone }) => phone)).toEqual([ann().number]);
  expect((await chats("search=ann&count=true")).total).toBe(1);
  expect((await chats("kind=group&count=true")).total).toBe(0);
  expect((await chats("kind=person&limit=1&count=true")).total).toBe(2);
  await bot.call("POST", `/v1/devices/default/chats/${eve().number}/read`);
  expect((await chats("unread=true")).data.map(({ phone }) => phone)).toEqual([ann().number]);
  expect((await chats("unread=false")).data.map(({ phone }) => phone)).toEqual([eve().number]);
  expect((await chats("archived=true")).data).toEqual([]);
});

test("devices belong to groups, and are listed by group and status; webhooks by status", async () => {
  const make = (id: string, more: object) => bot.call("POST", "/v1/devices", { device_id: id, ...more });
  expect((await make("shop-1", { label: "Shop", device_group: "jakarta" })).status).toBe(201);
  expect((await make("shop-2", { device_group: "not a group" })).status).toBe(400);
  await make("shop-2", {});
  const list = async (query: string) => {
    const answer = (await (await bot.call("GET", `/v1/devices?${query}`)).json()) as { data: { device_id: string }[] };
    return answer.data.map(({ device_id: id }) => id);
  };
  expect(await list("group=jakarta")).toEqual(["shop-1"]);
  await bot.call("PATCH", "/v1/devices/shop-2", { device_group: "jakarta" });
  expect(await list("group=jakarta")).toEqual(["shop-1", "shop-2"]);
  expect(await list("status=connected")).toEqual(["default"]);
  await bot.restart();
  await bot.connected();
  expect(await list("group=jakarta&status=disconnected")).toEqual(["shop-1", "shop-2"]);
  await bot.call("PATCH", "/v1/devices/shop-2", { device_group: null });
  await bot.call("DELETE", "/v1/devices/shop-1");
  expect(await list("group=jakarta")).toEqual([]);
  const hooks = async (status: string) =>
    ((await (await bot.call("GET", `/v1/webhooks?status=${status}`)).json()) as { data: object[] }).data.length;
  expect([await hooks("active"), await hooks("paused")]).toEqual([1, 0]);
});

test.each(["history", "contacts", "chats"])(
  "a number in the address of %s is a whole one within its bounds",
  async (list) => {
    for (const limit of ["-1", "0", "1.5", "0x10", "1e2", "", "501"])
      expect((await get(`${list}?limit=${limit}`)).error).toStartWith('"limit" takes a whole number from 1 to ');
  },
);

test("a group opens no device to a key that is bound to another", async () => {
  const bound = { name: "bound", scopes: ["read", "manage"], devices: ["shop-1"] };
  const { data } = (await (await bot.call("POST", "/v1/admin/keys", bound)).json()) as { data: { key: string } };
  const hook = { url: bot.receiver.url, device_groups: ["jakarta"] };
  const made = await bot.call("POST", "/v1/webhooks", hook, { "x-api-key": data.key });
  const { id, devices } = ((await made.json()) as { data: { id: string; devices: string[] } }).data;
  expect(devices).toEqual(["shop-1"]);
  await bot.call("PATCH", "/v1/devices/default", { device_group: "jakarta" });
  const said = await ann().says("not for the bound", { to: bot.phone });
  const event = await bot.next("message.received", ({ data: told }) => told.id === said.id);
  await bot.receiver.until(() => bot.receiver.events.some((each) => each.id === event.id), "the operator's webhook");
  const answer = await bot.call("GET", `/v1/webhooks/${id}/deliveries/${event.id}`);
  expect(((await answer.json()) as { data: object }).data).toMatchObject({ status: "not_subscribed" });
  await bot.call("PATCH", "/v1/devices/default", { device_group: null });
});

test("a webhook with `device_groups` hears of the bot's devices by their group", async () => {
  const { receiver } = bot;
  const made = await bot.call("POST", "/v1/webhooks", { url: receiver.url, device_groups: ["jakarta"] });
  expect(((await made.json()) as { data: object }).data).toMatchObject({ device_groups: ["jakarta"], devices: null });
  const { id } =
    ((await (await bot.call("GET", "/v1/webhooks")).json()) as { data: { id: string }[] }).data.at(-1) ?? {};
  const asked = async () => {
    const said = await ann().says("by group", { to: bot.phone });
    const event = await bot.next("message.received", ({ data }) => data.id === said.id);
    await receiver.until(() => receiver.events.some((each) => each.id === event.id), "the operator's webhook");
    const answer = await bot.call("GET", `/v1/webhooks/${id}/deliveries/${event.id}`);
    return ((await answer.json()) as { data: { status: string } }).data.status;
  };
  expect(await asked()).toBe("not_subscribed");
  await bot.call("PATCH", "/v1/devices/default", { device_group: "jakarta" });
  expect(await asked()).not.toBe("not_subscribed");
});
