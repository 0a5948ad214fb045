import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { usernameRef } from "../../src/core/model/username.ts";
import { WoundClock } from "../clock.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";

const clock = new WoundClock();
let bot: TestBot;
let asked: string[];
beforeAll(async () => {
  bot = await startBot({ stands: { clock } });
  await bot.link();
  bot.sim.raw.trace(({ direction, stanza }) => {
    const text = JSON.stringify(stanza);
    if (direction === "in" && stanza.attrs["xmlns"] === "usync" && text.includes("username")) asked.push(text);
  });
});
afterAll(async () => {
  bot.sim.assertNoProblems();
  await bot[Symbol.asyncDispose]();
});

async function send(to: string, more: object = {}) {
  asked = [];
  const answer = await bot.call("POST", "/v1/devices/default/messages", { to, text: `for ${to}`, ...more });
  const body = (await answer.json()) as { data: { to: string; id: string }; error?: string; code?: string };
  return { status: answer.status, to: body.data?.to, id: body.data?.id, error: body.error };
}

describe("a username as `to`", () => {
  test("is looked up on WhatsApp, and reaches somebody who shows no number", async () => {
    const ani = bot.contact("628999000301", "Ani");
    ani.hidesNumber();
    ani.goesBy("ani.w");
    expect(await send("@ani.w")).toMatchObject({ status: 202, to: ani.lid });
    await ani.hears("for @ani.w");
    expect(asked).toHaveLength(1);
    // Once an hour: names change hands.
    expect(await send("@ani.w")).toMatchObject({ status: 202, to: ani.lid });
    expect(asked).toHaveLength(0);
    const { data } = await bot.next("message.sent", (event) => event.data.chat === ani.lid);
    expect(data).toMatchObject({ chat_phone: null, chat_lid: ani.lid });
  });

  test("goes with the key that WhatsApp asks for", async () => {
    const beni = bot.contact("628999000302", "Beni");
    beni.goesBy("beni", "1234");
    expect(await send("@beni")).toMatchObject({
      status: 400,
      error: '"to": WhatsApp asks for the four digits of @beni: write "@beni:1234".',
    });
    expect(await send("@beni:4321")).toMatchObject({
      status: 400,
      error: '"to": these are not the four digits of @beni.',
    });
    expect((await send("@beni:1234")).status).toBe(202);
    await beni.hears("for @beni:1234");
    // They are known by now.
    expect((await send("@beni")).status).toBe(202);
    await beni.hears("for @beni");
  });

  test("is taken by every face, by a table and by a scheduled message", async () => {
    const fina = bot.contact("628999000305", "Fina");
    fina.goesBy("fina");
    const post = async (path: string, body: object) => (await bot.call("POST", path, body)).status;
    expect(await post("/api/send", { to: "@fina", message: "one" })).toBe(200);
    expect(await post("/api/devices/default/send", { to: "@fina", message: "two" })).toBe(200);
    const table = new FormData();
    table.set("file", new File(["to,text\n@fina,three\n"], "rows.csv", { type: "text/csv" }));
    const url = `${bot.url}/v1/devices/default/bulk/csv`;
    const answer = await fetch(url, { method: "POST", headers: { "x-api-key": adminKey }, body: table });
    expect(answer.status).toBe(202);
    expect((await send("@fina", { send_at: Math.floor(clock.now() / 1000) + 3_600 })).to).toBe(fina.lid);
    for (const words of ["one", "two", "three"]) await fina.hears(words);
    expect((await send("@fina", { mentions: [] })).status).toBe(202);
  });

  test("that nobody has is refused, and one that cannot be is not asked for", async () => {
    expect(await send("@nobody.here")).toMatchObject({
      status: 422,
      error: '"to": nobody on WhatsApp goes by @nobody.here.',
    });
    expect(await send("@no")).toMatchObject({
      status: 400,
      error: '"to" is no username of WhatsApp: one is 3 to 35 characters long.',
    });
    expect(asked).toEqual([]);
  });

  test("of a bulk names its row, also when it is somebody's second", async () => {
    const cici = bot.contact("628999000303", "Cici");
    cici.goesBy("cici");
    const answer = await bot.call("POST", "/v1/devices/default/bulk", {
      to: ["@cici", cici.lid, cici.number, "@nobody.here", "@x"],
      text: "to all",
    });
    const { rows } = (await answer.json()) as { rows: { field: string; error: string; code: string }[] };
    expect(rows.map(({ field, error }) => [field, error])).toEqual([
      ["to.1", '"to.1" is the same as "to.0": name everybody once.'],
      ["to.2", '"to.2" is the same as "to.0": name everybody once.'],
      ["to.3", '"to.3": nobody on WhatsApp goes by @nobody.here.'],
      ["to.4", '"to.4" is no username of WhatsApp: one is 3 to 35 characters long.'],
    ]);
  });

  test("is looked up ten times a minute, and the eleventh is told when", async () => {
    clock.wind(60_000);
    for (let number = 0; number < 10; number++) expect((await send(`@nobody.${number}`)).status).toBe(422);
    const late = await bot.call("POST", "/v1/devices/default/messages", { to: "@nobody.10", text: "x" });
    expect([late.status, late.headers.get("retry-after")]).toEqual([429, "6"]);
    // Whoever is known needs no look-up.
    clock.wind(3_600_000);
    for (let number = 0; number < 10; number++) expect((await send(`@nobody.${number}`)).status).toBe(422);
    expect(await send("@ani.w")).toMatchObject({ status: 202, to: bot.contact("628999000301").lid });
  });

  test("that somebody else took is theirs at once", async () => {
    clock.wind(60_000);
    const [edi, feri] = [bot.contact("628999000306", "Edi"), bot.contact("628999000307", "Feri")];
    for (const one of [edi, feri]) {
      const said = await one.says("hello");
      await bot.next("message.received", ({ data }) => data.id === said.id);
    }
    edi.goesBy("taken");
    expect((await send("@taken")).status).toBe(202);
    await edi.hears("for @taken");
    edi.goesBy("given.up");
    feri.goesBy("taken");
    await bot.next("contact.updated", ({ data }) => data.lid === feri.lid && data.username === "taken");
    expect((await send("@taken")).status).toBe(202);
    await feri.hears("for @taken");
    expect(edi.inbox.filter(({ text }) => text === "for @taken")).toHaveLength(1);
    const contact = await bot.call("GET", `/v1/devices/default/contacts/${edi.lid}`);
    expect(await contact.json()).toMatchObject({ data: { username: "given.up" } });
    // Whoever has it is remembered as before.
    expect((await send("@taken")).status).toBe(202);
    expect(asked).toEqual([]);
  });

  test("that changes is told, and leads to its former owner no more", async () => {
    const dedi = bot.contact("628999000304", "Dedi");
    dedi.goesBy("dedi.one");
    const said = await dedi.says("hello");
    await bot.next("message.received", ({ data }) => data.id === said.id);
    dedi.goesBy("dedi.two");
    const told = await bot.next("contact.updated", ({ data }) => data.username === "dedi.two");
    expect(told.data).toMatchObject({ changed: ["username"], lid: dedi.lid });
    dedi.goesBy(undefined);
    const gone = await bot.next("contact.updated", ({ data }) => data.username === null && data.lid === dedi.lid);
    expect(gone.data).toMatchObject({ changed: ["username"], previous: [{ username: "dedi.two" }] });
    clock.wind(3_600_000);
    expect((await send("@dedi.two")).status).toBe(422);
  });
});

test.each([
  ["@ann w", "is made of letters, digits, _ and ."],
  ["@an", "is 3 to 35 characters long"],
  [`@${"a".repeat(36)}`, "is 3 to 35 characters long"],
  ["@12_34", "has one letter at least"],
  ["@ann.", "has no dot at its end and no two dots in a row"],
  ["@an..n", "has no dot at its end and no two dots in a row"],
  ["@www.ann", "does not begin with www."],
  ["@ann.com", "does not end like an address (.com, .net)"],
  ["@my_WhatsApp", "does not contain whatsapp, instagram, facebook, oculus"],
])("%s is no username", (to, rule) => {
  expect(() => usernameRef(to)).toThrow(`"to" is no username of WhatsApp: one ${rule}.`);
});

test("a key is four digits", () => {
  expect(usernameRef("@ann.w:0123")).toEqual({ username: "ann.w", key: "0123" });
  expect(usernameRef(`@${"a".repeat(35)}`)).toEqual({ username: "a".repeat(35), key: null });
  for (const to of ["@ann.w:123", "@ann.w:12345", "@ann.w:abcd", "@ann.w:1234:5"])
    expect(() => usernameRef(to)).toThrow("four digits");
});
