import { expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys";
import { is } from "../../src/core/model/events/events.ts";
import { el } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";

const at = "/v1/devices/default";
const list = async <T>(bot: TestBot, path: string): Promise<T[]> =>
  ((await (await bot.call("GET", `${at}${path}`)).json()) as { data: T[] }).data;
const heard = (bot: TestBot, id: string) => bot.next("message.received", ({ data }) => data.id === id);

test("who wrote by LID before, and is written to by a number that leads there, stays one", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  ann.isNamedByLid();
  await heard(bot, (await ann.says("first", { by: "lid", hidden: true })).id);
  const { waId } = await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "Hello" } });
  await ann.hears("Hello");
  await bot.next("message.sent", ({ data }) => data.id === waId);
  const { data } = await heard(bot, (await ann.says("second", { by: "lid", hidden: true })).id);
  expect(data).toMatchObject({ chat_phone: ann.number, chat_lid: ann.lid });
  const chats = await list<{ jid: string; unread: number }>(bot, "/chats");
  expect(chats).toHaveLength(1);
  for (const name of [ann.number, ann.lid]) expect(await list(bot, `/history?chat=${name}`)).toHaveLength(3);
  await bot.restart();
  await bot.connected();
  await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "Again" } });
  await ann.hears("Again");
  await heard(bot, (await ann.says("third", { by: "pn" })).id);
  expect(await list(bot, "/chats")).toHaveLength(1);
  expect(await list(bot, `/history?chat=${ann.lid}`)).toHaveLength(5);
  bot.sim.assertNoProblems();
}, 30_000);

test("several numbers sent to before any answer, with LID answers, in parallel", async () => {
  await using bot = await startBot();
  await bot.link();
  const people = Array.from({ length: 8 }, (_, place) => bot.contact(`6281200007${place}0`, `P${place}`));
  for (const one of people) one.isNamedByLid();
  await Promise.all(
    people.flatMap((one) =>
      ["a", "b"].map((text) => bot.device.outbox.send({ to: one.number, content: { kind: "text", text } })),
    ),
  );
  for (const one of people) await one.hears("b");
  for (const one of people) await heard(bot, (await one.says("hi", { by: "lid", hidden: true })).id);
  const chats = await list<{ phone: string; lid: string }>(bot, "/chats?limit=200");
  expect(chats).toHaveLength(8);
  expect(chats.every(({ phone, lid }) => phone !== null && lid !== null)).toBe(true);
}, 30_000);

test("hosted devices and broadcast lists edit and delete as the person they are", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  const device = bot.phone.user.linked[0]?.jid() ?? "";
  await heard(bot, (await ann.says("met", { by: "lid" })).id);
  const comes = (attrs: Record<string, string>, message: object) =>
    bot.sim.raw.queue(
      device,
      el("message", { t: "1796000000", type: "text", ...attrs }, bot.sim.raw.seal(ann.user.phone, device, message)),
    );
  comes({ id: "B1", from: "1712345678@broadcast", participant: ann.lid }, { conversation: "menu" });
  const menu = (await heard(bot, "B1")).data;
  expect(menu).toMatchObject({ chat: ann.jid, chat_phone: ann.number });
  const key = { remoteJid: bot.phone.lid, fromMe: true, id: "B1" };
  comes(
    { id: "B2", from: ann.jid, sender_lid: ann.lid },
    { protocolMessage: { type: 14, key, editedMessage: { conversation: "new menu" } } },
  );
  expect((await bot.next("message.edited", ({ data }) => data.id === "B2")).data).toMatchObject({
    applied: true,
    chat: ann.jid,
  });
  comes(
    { id: "B3", from: "1712345678@broadcast", participant: ann.jid, participant_lid: ann.lid },
    { protocolMessage: { type: 0, key } },
  );
  expect((await bot.next("message.deleted", ({ data }) => data.id === "B3")).data).toMatchObject({
    applied: true,
    previous: { text: "new menu" },
  });
  expect(await list(bot, "/chats")).toHaveLength(1);
  expect(bot.events.filter((event) => is(event, "message.received"))).toHaveLength(2);
}, 30_000);

test("a bulk to nobody, and to somebody by LID and an unlike number, ends with the right reasons", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  ann.isAlsoFoundBy("5511888800001");
  const to = ["6289999999998", "5511888800001", ann.number];
  const { data } = (await (await bot.call("POST", `${at}/bulk`, { to, text: "x" })).json()) as {
    data: { bulk_id: string };
  };
  const reasons = async () =>
    (await list<{ status: string; reason: string | null }>(bot, `/bulk/${data.bulk_id}/messages`)).map(
      (one) => one.reason,
    );
  await bot.next("message.failed", (event) => event.data.code === "same_person");
  await bot.next("message.failed", (event) => event.data.code === "not_on_whatsapp");
  expect((await reasons()).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
    "not_on_whatsapp",
    null,
    "same_person",
  ]);
}, 30_000);

test("the pairs of a phone that moves to LIDs name whoever was known by LID alone; anybody else's do not", async () => {
  await using bot = await startBot();
  await bot.link();
  const [fay, eve] = [bot.contact("628120000024", "Fay"), bot.contact("628120000009", "Eve")];
  const says = async (words: string) =>
    (await heard(bot, (await fay.says(words, { by: "lid", hidden: true })).id)).data;
  expect(await says("one")).toMatchObject({ chat: fay.lid, chat_phone: null });
  const { LID_MIGRATION_MAPPING_SYNC: type } = proto.Message.ProtocolMessage.Type;
  const mapping = (pn: string) => {
    const pnToLidMappings = [{ pn: Number(pn), assignedLid: 5, latestLid: Number(fay.lid.split("@")[0]) }];
    const encodedMappingPayload = proto.LIDMigrationMappingSyncPayload.encode({ pnToLidMappings }).finish();
    return { protocolMessage: { type, lidMigrationMappingSyncMessage: { encodedMappingPayload } } };
  };
  await eve.says(mapping("628120000099"));
  await heard(bot, (await eve.says("behind it")).id);
  expect(await says("two")).toMatchObject({ chat_phone: null });
  const device = bot.phone.user.linked[0]?.jid() ?? "";
  const attrs = { id: "3EB0MAP", from: bot.phone.jid, category: "peer", type: "text", t: "1796000000" };
  const sealed = bot.sim.raw.seal(bot.phone.user.phone, device, mapping(fay.number));
  bot.sim.raw.queue(device, el("message", attrs, sealed));
  const { data } = await bot.next("contact.resolved", (event) => event.data.lid === fay.lid);
  expect(data).toMatchObject({ jid: fay.lid, phone: fay.number });
  expect(await says("three")).toMatchObject({ chat: fay.lid, chat_phone: fay.number, sender_phone: fay.number });
  expect(await list(bot, `/history?chat=${fay.number}`)).toHaveLength(3);
}, 30_000);
