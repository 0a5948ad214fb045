import { afterAll, beforeAll, expect, test } from "bun:test";
import { WoundClock } from "../clock.ts";
import { startBot, type TestBot } from "../harness.ts";

const clock = new WoundClock();
let bot: TestBot;
beforeAll(async () => {
  bot = await startBot({ stands: { clock } });
  bot.phone.makesLabel("1", "Paid", 1);
  await bot.link();
  await bot.next("label.updated");
});
afterAll(async () => {
  bot.sim.assertNoProblems();
  await bot[Symbol.asyncDispose]();
});

async function call<T = never>(method: string, path: string, body?: object) {
  const answer = await bot.call(method, `/v1/devices/default${path}`, body);
  const { data, error } = (await answer.json().catch(() => ({}))) as { data: T; error?: string };
  return { status: answer.status, data, error };
}

/** Somebody who shows no number, and goes by a name. */
function hidden(number: string, username: string) {
  const person = bot.contact(number, username);
  person.hidesNumber();
  person.goesBy(username);
  return person;
}

test("a username stands wherever a person or their chat may be named", async () => {
  const hani = hidden("628999000501", "hani.k");
  const said = await hani.says("hello", { by: "lid", hidden: true });
  await bot.next("message.received", ({ data }) => data.id === said.id);
  const group = bot.sim.group("Pigeons", [bot.phone, bot.contact()]);
  const chat = "/chats/@hani.k";
  for (const [method, path, body] of [
    ["GET", "/contacts/@hani.k"],
    ["POST", "/contacts/@hani.k/presence"],
    ["PUT", "/contacts/@hani.k/block"],
    ["DELETE", "/contacts/@hani.k/block"],
    ["GET", "/contacts/@hani.k/export"],
    ["PATCH", chat, { archived: true }],
    ["POST", `${chat}/read`],
    ["POST", `${chat}/typing`, { state: "composing" }],
    ["PUT", `${chat}/messages/${said.id}/star`],
    ["DELETE", `${chat}/messages/${said.id}/star?sender=@hani.k`],
    ["PUT", `/labels/1${chat}`],
    ["PUT", `/labels/1${chat}/messages/${said.id}?sender=@hani.k`],
    ["DELETE", `/labels/1${chat}`],
    ["POST", `/groups/${group.id}/members`, { action: "add", members: ["@hani.k"] }],
    ["POST", `/groups/${group.id}/members`, { action: "remove", members: ["@hani.k"] }],
  ] as const)
    expect([method, path, (await call(method, path, body)).status]).toEqual([method, path, 200]);
  expect((await call<{ lid: string }>("GET", "/contacts/@hani.k")).data).toMatchObject({ lid: hani.lid, phone: null });
  const found = await call<{ id: string }[]>("GET", "/history?chat=@hani.k");
  expect(found.data).toMatchObject([{ id: said.id }]);
  expect((await call("GET", "/messages?chat=@hani.k")).data).toEqual([] as never);
  const made = await call<{ members: { lid: string }[] }>("POST", "/groups", { subject: "Two", members: ["@hani.k"] });
  expect(made.data.members.map(({ lid }) => lid)).toContain(hani.lid);
}, 20_000);

test("a draft names people by username: who is mentioned, answered and shown a post", async () => {
  const [ann, ivan] = [bot.contact(), hidden("628999000502", "ivan_9")];
  const group = bot.sim.group("Loft", [bot.phone, ann, ivan]);
  const send = (body: object) => call("POST", "/messages", body);
  const text = "ask @ivan_9. Not @ivan_99, nor a@ivan_9x";
  expect((await send({ to: group.id, text, mentions: ["@ivan_9"] })).status).toBe(202);
  const { message } = await ann.hears((one) => one.text?.startsWith("ask ") ?? false);
  const [digits] = ivan.lid.split("@");
  expect(message.extendedTextMessage).toMatchObject({
    text: `ask @${digits}. Not @ivan_99, nor a@ivan_9x`,
    contextInfo: { mentionedJid: [ivan.lid] },
  });
  const reply = { id: "3EB0SEENELSEWHERE", sender: "@ivan_9" };
  expect((await send({ to: group.id, text: "an answer", reply_to: reply })).status).toBe(202);
  const answer = await ann.hears("an answer");
  expect(answer.message.extendedTextMessage?.contextInfo?.participant).toBe(ivan.lid);
  expect((await send({ to: "status@broadcast", text: "a post", audience: ["@ivan_9"] })).status).toBe(202);
  await ivan.hears("a post");
});

test("who goes by no such name is refused, and the field is named", async () => {
  clock.wind(60_000);
  const group = bot.sim.group("Roost", [bot.phone, bot.contact()]);
  const text = { to: group.id, text: "x" };
  for (const [path, body, field] of [
    ["/messages", { ...text, mentions: ["@nobody.one"] }, "mentions.0"],
    ["/messages", { ...text, reply_to: { id: "A", sender: "@nobody.one" } }, "reply_to.sender"],
    ["/messages", { to: "status@broadcast", text: "x", audience: [bot.contact().number, "@nobody.one"] }, "audience.1"],
    ["/groups", { subject: "x", members: [bot.contact().number, "@nobody.one"] }, "members.1"],
    ["/messages", { ...text, mentions: ["@no"] }, "mentions.0"],
  ] as const) {
    const { status, error } = await call("POST", path, body);
    expect([path, status === 400 || status === 422, error]).toEqual([
      path,
      true,
      expect.stringContaining(`"${field}"`),
    ]);
  }
  expect(await call("PUT", "/contacts/@nobody.one/block")).toMatchObject({
    status: 422,
    error: '"contact": nobody on WhatsApp goes by @nobody.one.',
  });
});
