import { afterAll, beforeAll, expect, test } from "bun:test";
import type { EventData } from "../src/core/model/events/events.ts";
import { startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  // Of before linking: WhatsApp's own, and one that went.
  bot.phone.makesLabel("1", "New customer", 1);
  bot.phone.makesLabel("7", "Old");
  bot.phone.deletesLabel("7");
  bot.phone.labels("1", bot.contact());
  await bot.link();
});
afterAll(async () => {
  bot.sim.assertNoProblems();
  await bot[Symbol.asyncDispose]();
});

const at = "/v1/devices/default";
const ann = () => bot.contact();

async function call<T = never>(method: string, path: string, body?: unknown) {
  const answer = await bot.call(method, `${at}${path}`, body);
  const { data, error } = (await answer.json()) as { data: T; error?: string };
  return { status: answer.status, data, error };
}
const assigned = (fits: (data: EventData<"label.assigned">) => boolean) =>
  bot.next("label.assigned", ({ data }) => fits(data));
const onPhone = (...index: string[]) => bot.phone.appState("regular").get(JSON.stringify(index));

test("labels of before linking are known, and told", async () => {
  await bot.next("label.updated", ({ data }) => data.label_id === "7" && data.deleted);
  const { data } = await bot.next("label.updated", (event) => event.data.label_id === "1");
  expect(data).toEqual({ label_id: "1", name: "New customer", color: 1, deleted: false });
  await assigned(({ label_id: id }) => id === "1");
  expect((await call("GET", "/labels")).data).toEqual([
    { id: "1", name: "New customer", color: 1, chats: 1, messages: 0 },
  ] as never);
});

test("the bot makes a label, changes it, labels a chat and a message, and deletes it; the phone sees all of it", async () => {
  const said = await ann().says("Two dozen, please", { by: "lid" });
  await bot.next("message.received", ({ data }) => data.id === said.id);
  const made = await call<{ id: string }>("POST", "/labels", { name: "Paid" });
  // No number is used twice.
  expect(made.data).toEqual({ id: "8", name: "Paid", color: 0 } as never);
  expect(onPhone("label_edit", "8")?.labelEditAction).toMatchObject({ name: "Paid", color: 0 });
  expect((await call("PATCH", "/labels/8", { color: 3 })).data).toEqual({ id: "8", name: "Paid", color: 3 } as never);
  expect(onPhone("label_edit", "8")?.labelEditAction).toMatchObject({ name: "Paid", color: 3 });

  // By number, though the chat goes by LID: the phone knows it by LID.
  expect((await call("PUT", `/labels/8/chats/${ann().number}`)).status).toBe(200);
  expect(onPhone("label_jid", "8", ann().lid)?.labelAssociationAction?.labeled).toBe(true);
  expect((await call("PUT", `/labels/8/chats/${ann().number}/messages/${said.id}`)).status).toBe(200);
  expect(onPhone("label_message", "8", ann().lid, said.id, "0", "0")?.labelAssociationAction?.labeled).toBe(true);
  const jid = `${ann().number}@s.whatsapp.net`;
  const use = { chat: jid, id: said.id, sender: jid, from_me: false };
  const full = { id: "8", name: "Paid", color: 3, chats: [jid], messages: [use] };
  expect((await call("GET", "/labels/8")).data).toEqual(full as never);
  const chats = await call<{ jid: string; labels: string[] }[]>("GET", "/chats");
  expect(chats.data.map((chat) => [chat.jid, chat.labels])).toEqual([[jid, ["1", "8"]]]);

  expect((await call("DELETE", `/labels/8/chats/${ann().lid}`)).status).toBe(200);
  expect(onPhone("label_jid", "8", ann().lid)?.labelAssociationAction?.labeled).toBe(false);
  expect((await call("DELETE", `/labels/8/chats/${ann().lid}/messages/${said.id}`)).status).toBe(200);
  expect((await call("GET", "/labels/8")).data).toMatchObject({ chats: [], messages: [] });
  expect((await call("DELETE", "/labels/8")).status).toBe(200);
  expect(onPhone("label_edit", "8")?.labelEditAction?.deleted).toBe(true);
  expect((await call("GET", "/labels/8")).status).toBe(404);
  expect((await call<{ id: string }>("POST", "/labels", { name: "Sent", color: 19 })).data.id).toBe("9");
});

test("what the phone labels is told", async () => {
  const said = await ann().says("Where is it?");
  await bot.next("message.received", ({ data }) => data.id === said.id);
  bot.phone.makesLabel("20", "Urgent", 5);
  bot.phone.labels("20", ann());
  bot.phone.labels("20", ann(), { message: said.id });
  const { data } = await assigned(({ message }) => message === said.id);
  expect(data).toEqual({
    label_id: "20",
    chat: ann().jid,
    chat_phone: ann().number,
    chat_lid: ann().lid,
    message: said.id,
    assigned: true,
  });
  expect((await call("GET", "/labels/20")).data).toMatchObject({ name: "Urgent", chats: [ann().jid] });
  bot.phone.labels("20", ann(), { labeled: false });
  await assigned((event) => event.label_id === "20" && !event.assigned);
  bot.phone.deletesLabel("20");
  await bot.next("label.updated", (event) => event.data.label_id === "20" && event.data.deleted);
  expect((await call("GET", "/labels/20")).status).toBe(404);
});

test("what cannot be is said", async () => {
  expect(await call("POST", "/labels", {})).toMatchObject({ status: 400, error: expect.stringContaining('"name"') });
  expect(await call("POST", "/labels", { name: "x", color: 20 })).toMatchObject({ status: 400 });
  expect(await call("PATCH", "/labels/1", {})).toMatchObject({ status: 400 });
  expect(await call("PATCH", "/labels/99", { color: 1 })).toMatchObject({ status: 404 });
  expect(await call("PUT", `/labels/99/chats/${ann().number}`)).toMatchObject({ status: 404 });
  expect(await call("PUT", `/labels/1/chats/${ann().number}/messages/none`)).toMatchObject({ status: 404 });
  expect(await call("PUT", "/labels/1/chats/nobody!")).toMatchObject({ status: 400 });
});

test("businesses say what they are; so does the account itself", async () => {
  ann().opensBusiness({
    description: "Pigeons of all sorts",
    categories: ["Pet store", "Courier"],
    websites: ["https://a.example", "https://b.example"],
    hours: { timezone: "Asia/Jakarta", days: [{ day: "mon", open: 480, close: 1_025 }, { day: "sun" }] },
  });
  const card = {
    description: "Pigeons of all sorts",
    categories: ["Pet store", "Courier"],
    email: null,
    websites: ["https://a.example", "https://b.example"],
    address: null,
    hours: {
      timezone: "Asia/Jakarta",
      days: [
        { day: "mon", mode: "specific_hours", open: "08:00", close: "17:05" },
        { day: "sun", mode: "open_24h", open: null, close: null },
      ],
    },
  };
  for (const name of [ann().number, ann().lid])
    expect((await call("GET", `/contacts/${name}`)).data).toMatchObject({ business: card });
  expect((await call("GET", `/contacts/${bot.contact("628777000111").number}`)).data).toMatchObject({ business: null });

  bot.phone.opensBusiness({ description: "Us", email: "us@example.com" });
  expect((await call("PATCH", "/profile", { name: "Budi & Co", about: "Open" })).status).toBe(200);
  const own = { phone: bot.phone.number, lid: bot.phone.lid, name: "Budi & Co", about: "Open", picture: null };
  const { data } = await call("GET", "/profile");
  expect(data).toMatchObject({ ...own, jid: bot.phone.jid, business: { description: "Us", email: "us@example.com" } });
});
