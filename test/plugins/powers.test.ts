import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../src/core/base/failure.ts";
import { House } from "./house.ts";

let house: House;
afterEach(() => house.close());

/** A plugin around a piece of `setup`. */
const made = (setup: string, more = "") =>
  `import { plugin, Refusal, t } from "merpati";\nexport default plugin({ name: "it", ${more} setup(bot) { ${setup} } });`;
const open = async (setup: string, more = "", options: Parameters<typeof House.open>[1] = {}) => {
  house = await House.open({ "it.ts": made(setup, more) }, options);
  expect(house.host.list()[0]?.problem).toBeNull();
};
const replies = async (text: string, more = {}) => {
  const before = house.sent.length;
  const outcome = await house.says(text, more);
  for (const { error } of Object.values(outcome)) expect(error).toBeUndefined();
  return house.texts().slice(before);
};

test("arguments, aliases, prefixes; a wrong argument is answered with the usage", async () => {
  await open(
    'bot.command("roll <dice:int>", { aliases: ["dice"] }, ({ args, command, reply }) => reply(`${command} ${args.dice + 1}`));',
    "",
    { prefixes: ["!", "bot "] },
  );
  expect(await replies("!roll 2")).toEqual(["roll 3"]);
  expect(await replies("Bot DICE 5")).toEqual(["roll 6"]);
  expect(await replies("!roll many")).toEqual(['dice takes a whole number, not "many".\n!roll <dice>']);
});

test("guards: role, allow-list and chat kind, each with its sentence", async () => {
  await open(
    `bot.command("own", { role: "owner" }, ({ reply }) => reply("yes"));
     bot.command("adm", { role: "group_admin", chats: "group" }, ({ reply }) => reply("yes"));
     bot.command("vip", { allow: ["628222"] }, ({ reply }) => reply("yes"));`,
    "",
    { people: { owners: ["628999"] } },
  );
  expect(await replies("!own")).toEqual(["Only the owner may do that."]);
  expect(await replies("!own", { sender_phone: "628999" })).toEqual(["yes"]);
  expect(await replies("!own", { from_me: true })).toEqual(["yes"]);
  expect(await replies("!adm")).toEqual(["This works in groups only."]);
  expect(await replies("!adm", { is_group: true, chat: "1@g.us" })).toEqual(["Only admins of this group may do that."]);
  expect(await replies("!vip")).toEqual(["This is not open to you."]);
  expect(await replies("!vip", { sender_phone: "628222" })).toEqual(["yes"]);
});

test("a cooldown refuses once in words, then in silence, and never a redelivery", async () => {
  await open('bot.command("slow", { cooldown: 30 }, ({ reply }) => reply("done"));');
  const first = house.message("!slow");
  await house.tell(first);
  await house.tell(first, 1);
  expect(house.texts()).toEqual(["done"]);
  house.clock.wind(10_000);
  expect(await replies("!slow")).toEqual(["Again in 20 s, please."]);
  expect(await replies("!slow")).toEqual([]);
  expect(await replies("!slow", { sender_phone: "628222", sender: "b@lid" })).toEqual(["done"]);
  house.clock.wind(20_000);
  expect(await replies("!slow")).toEqual(["done"]);
});

test("on hears kinds that nobody took; message.received hears all; the middleware stands around", async () => {
  await open(
    `bot.command("cmd", ({ reply }) => reply("command"));
     bot.on("message.text", ({ reply, text }) => reply("text " + text));
     bot.on("command.unknown", ({ reply, text }) => reply("unknown " + text));
     bot.use(async ({ text, reply }, next) => { if (text === "stop") return; await next(); await reply("after"); });
     bot.on("device.connected", ({ data }) => bot.log.info("up", { jid: data.jid }));`,
  );
  expect(await replies("hello")).toEqual(["text hello", "after"]);
  expect(await replies("!cmd")).toEqual(["command", "after"]);
  expect(await replies(" !cmdd")).toEqual(["text !cmdd", "unknown !cmdd", "after"]);
  expect(await replies("stop")).toEqual([]);
  expect(await replies("mine", { from_me: true })).toEqual([]);
  await house.tell(house.event("device.connected", { jid: "a", lid: null, phone_number: "1", name: null }));
  expect(house.lines.at(-1)).toMatchObject({
    sentence: "a plugin says",
    fields: { plugin: "it", said: "up", jid: "a" },
  });
});

const weather = `
  bot.command("weather", ({ ask }) => ask("Which city?", { answer: "city", carry: { asked: 1 }, seconds: 60 }));
  bot.answer("city", async ({ text, reply, ask }, carry) => {
    if (text === "?") return ask("Really, which?", { answer: "city", carry: { asked: carry.asked + 1 } });
    await reply(text + ": sunny, asked " + carry.asked);
  });`;

test("a question outlives a restart; a redelivered answer is the same answer; time closes it", async () => {
  const base = mkdtempSync(join(tmpdir(), "merpati-plugins-"));
  await open(weather, "", { base });
  expect(await replies("Jakarta")).toEqual([]);
  expect(await replies("!weather")).toEqual(["Which city?"]);
  await house.close();
  await open(weather, "", { base });
  expect(await replies("Paris", { sender: "other@lid" })).toEqual([]);
  const again = house.message("?");
  await house.tell(again);
  await house.tell(again, 1);
  expect(house.texts()).toEqual(["Really, which?"]);
  expect(await replies("!weather")).toEqual(["Which city?"]);
  expect(await replies("Jakarta")).toEqual(["Jakarta: sunny, asked 1"]);
  expect(await replies("Jakarta")).toEqual([]);
  await replies("!weather");
  house.clock.wind(61_000);
  expect(await replies("Jakarta")).toEqual([]);
  rmSync(base, { recursive: true });
});

test("the store keeps JSON, by plugin, in turn, and refuses what is too much", async () => {
  await open(
    `bot.command("count", async ({ reply }) => {
       await Promise.all([1, 2, 3].map(() => bot.store.update("n", (n) => (n ?? 0) + 1)));
       await bot.store.set("list:b", { x: 1 }); await bot.store.set("list:a", [2]);
       await reply(JSON.stringify([await bot.store.get("n"), await bot.store.list("list:"), await bot.store.delete("n"), await bot.store.get("n")]));
     });
     bot.command("bad", async ({ reply }) => {
       const why = (p) => p.then(() => "ok", (e) => e.code);
       await reply((await Promise.all([why(bot.store.set("$x", 1)), why(bot.store.set("x", "x".repeat(70000))), why(bot.store.set("x", undefined))])).join(" "));
     });`,
    'permissions: ["store"],',
  );
  expect(await replies("!count")).toEqual([
    '[3,[{"key":"list:a","value":[2]},{"key":"list:b","value":{"x":1}}],true,null]',
  ]);
  expect(await replies("!bad")).toEqual(["invalid too_large invalid"]);
});

test("what is not declared is refused, with the permission to add", async () => {
  await open(
    `const why = (p) => p.then(() => "ok", (e) => e.code + ": " + e.message);
     bot.command("try", async ({ reply }) => {
       await reply(await why(bot.send("6287770001", "hi")));
       await reply(await why(bot.send("6288880001", "hi")));
       await reply(await why(bot.store.get("x")));
       await reply(await why(fetch("http://example.com/")));
       await reply(await why(bot.plugins.disable("it")));
     });`,
    'permissions: ["send:6288880001"],',
  );
  expect(await replies("!try")).toEqual([
    'forbidden: it may not send to other chats: add "send" to its permissions.',
    "hi",
    "ok",
    'forbidden: it may not store: add "store" to its permissions.',
    'forbidden: it may not reach example.com: add "net:example.com" to its permissions.',
    'forbidden: it may not admin: add "admin" to its permissions.',
  ]);
});

test("every runs at its time in its zone; a missed run is made up once if it asks for it", async () => {
  const base = mkdtempSync(join(tmpdir(), "merpati-plugins-"));
  const schedules = `
    bot.every("0 9 * * *", { zone: "Asia/Jakarta" }, ({ at }) => bot.send("6288880001", "nine " + at.toISOString()));
    bot.every("0 6 * * *", { zone: "UTC", missed: "once" }, ({ at }) => bot.send("6288880001", "six " + at.toISOString()));`;
  await open(schedules, 'permissions: ["send"],', { base });
  house.clock.wind(2 * 3_600_000);
  await house.until(() => house.sent.length === 1);
  house.clock.wind(22 * 3_600_000);
  await house.until(() => house.sent.length === 2);
  expect(house.texts()).toEqual(["nine 2026-01-01T02:00:00.000Z", "six 2026-01-01T06:00:00.000Z"]);
  // Noted only after the run went well: wait for the note before the restart.
  while ((await house.services.data.list("it", "$ran:1", 1))[0]?.value !== Date.UTC(2026, 0, 1, 6)) await Bun.sleep(1);
  await house.close();
  house = await House.open({}, { base, clock: Date.UTC(2026, 0, 4, 1) });
  await house.until(() => house.sent.length === 1);
  expect(house.texts()).toEqual(["six 2026-01-02T06:00:00.000Z"]);
  rmSync(base, { recursive: true });
});

const ask = (path: string, init?: RequestInit) => house.host.handle(new Request(`http://localhost${path}`, init));

test("http answers under the plugin's name", async () => {
  await open(
    `bot.http("POST", "/order/:id", async ({ request, params }) => Response.json({ id: params.id, got: await request.text() }, { status: 201 }));`,
    'permissions: ["http"],',
  );
  const response = await ask("/plugins/it/order/7", { method: "POST", body: "tea" });
  expect([response.status, await response.json()]).toEqual([201, { id: "7", got: "tea" }]);
  await expect(ask("/plugins/it/order/7")).rejects.toThrow("No plugin answers GET /plugins/it/order/7.");
  await expect(ask("/plugins/other/")).rejects.toThrow("No plugin answers");
});

test("fetch streams, follows redirects only where it may go", async () => {
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    routes: {
      "/away": Response.redirect("http://example.com/"),
      "/near": Response.redirect("/words", 303),
      "/words": (request) =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(`${request.method} one `);
              setImmediate(() => (controller.enqueue("two"), controller.close()));
            },
          }),
        ),
    },
  });
  await open(
    `bot.command("get <url>", async ({ args, reply }) => {
       try { const r = await fetch(args.url, { method: "POST", body: "x" }); await reply(r.status + " " + (await r.text())); } catch (e) { await reply(e.message); }
     });`,
    `permissions: ["net:127.0.0.1:${server.port}"],`,
  );
  expect(await replies(`!get ${server.url}words`)).toEqual(["200 POST one two"]);
  expect(await replies(`!get ${server.url}near`)).toEqual(["200 GET one two"]);
  expect((await replies(`!get ${server.url}away`))[0]).toContain("may not reach example.com");
});

test("a plugin that floods a server which hangs leaves connections for others", async () => {
  let asked = 0;
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => ((asked += 1), new Promise<Response>(() => {})),
  });
  await open(
    `bot.command("flood <url>", async ({ args, reply }) => {
       const outcomes = Array.from({ length: 40 }, () => fetch(args.url).then(() => "answered", (e) => e.message));
       await reply(await Promise.race(outcomes));
     });`,
    `permissions: ["net:127.0.0.1:${server.port}"],`,
  );
  expect((await replies(`!flood ${server.url}`))[0]).toStartWith("fetch: 32 requests are open");
  expect(asked).toBeLessThanOrEqual(32);
});

const draft = (text: string) => ({
  device: "default",
  to: "62811",
  content: { kind: "text" as const, text },
  plugin: null,
});

test("outgoing alters or stops what others send, never its own", async () => {
  await open(
    `bot.outgoing(({ content }) => { if (content.text === "secret") throw new Refusal("too private"); return { kind: "text", text: content.text + " — the bot" }; });
     bot.command("hi", ({ reply }) => reply("hi"));`,
    'permissions: ["outgoing"],',
  );
  expect(await house.host.outgoing(draft("hello"))).toEqual({ kind: "text", text: "hello — the bot" });
  // Not `.rejects`: it blocks the loop that the worker's answer comes through.
  const stopped = await house.host.outgoing(draft("secret")).catch((thrown: Error) => thrown.message);
  expect(stopped).toBe("it stopped this message: too private");
  expect(await replies("!hi")).toEqual(["hi"]);
});

test("what a hook returns is checked, and its mistake is its own fault", async () => {
  await open('bot.outgoing(() => ({ kind: "text", text: 7 }), { onError: "refuse" });', 'permissions: ["outgoing"],');
  const stopped = await house.host.outgoing(draft("hello")).catch((thrown: Error) => thrown.message);
  expect(stopped).toBe("it guards what is sent and could not look at this message: it failed.");
});

test("texts speak the bot's language, then English", async () => {
  await open(
    'bot.command("hi", async ({ reply, tr, name }) => { await reply(tr("hello", { name })); await reply(tr("bye")); });',
    'texts: { en: { hello: "Hi {name}", bye: "Bye" }, id: { hello: "Halo {name}" } },',
    { languages: ["id"] },
  );
  expect(await replies("!hi")).toEqual(["Halo Ann", "Bye"]);
});

test("where it is off it hears nothing", async () => {
  await open('bot.command("hi", ({ reply }) => reply("hi"));');
  await house.host.place("it", { devices: ["default"], chats: null, except: ["628111@s.whatsapp.net"] });
  expect(await replies("!hi")).toEqual([]);
  expect(await replies("!hi", { sender_phone: "628222" })).toEqual(["hi"]);
  await house.host.place("it", { devices: ["shop"], chats: null, except: [] });
  expect(await replies("!hi", { sender_phone: "628222" })).toEqual([]);
});

test("a command of a plugin that is off here belongs to the next one, and is not in the help", async () => {
  const says = (name: string) =>
    `export default { name: "${name}", setup({ command, commands }) {
       command("hi", ({ reply }) => reply("${name}"));
       command("${name}", async ({ reply }) => reply((await commands()).commands.map(({ name }) => name).join(" "))); } };`;
  house = await House.open({ "a.ts": says("a"), "b.ts": says("b") });
  await house.host.place("a", { devices: null, chats: null, except: ["6281110001"] });
  expect(await replies("!hi", { sender_phone: "6281110001" })).toEqual(["b"]);
  expect(await replies("!a", { sender_phone: "6281110001" })).toEqual([]);
  expect(await replies("!b", { sender_phone: "6281110001" })).toEqual(["b hi"]);
  expect(await replies("!hi")).toEqual(["a"]);
  const byLid = { chat: "7@lid", sender: "7@lid", sender_lid: "7@lid" };
  expect(await replies("!hi", { ...byLid, sender_phone: "6281110001" })).toEqual(["b"]);
  await expect(house.host.place("a", { devices: null, chats: ["Ann"], except: [] })).rejects.toThrow(
    '"chats" takes a phone number',
  );
});

test("where it is off it neither sends nor sees what goes out", async () => {
  await open(
    `bot.command("tell <device>", async ({ args, reply }) => { try { await bot.send("6288880001", "x", { device: args.device }); } catch (e) { await reply(e.message); } });
     bot.outgoing(({ content }) => ({ kind: "text", text: content.text + "!" }));`,
    'permissions: ["send", "outgoing"],',
  );
  await house.host.place("it", {
    devices: ["default"],
    chats: null,
    except: ["62811"].map((n) => `${n}@s.whatsapp.net`),
  });
  expect(await replies("!tell shop")).toEqual(['it is not on on the device "shop".']);
  expect(await replies("!tell default")).toEqual(["x"]);
  expect(await house.host.outgoing(draft("hello"))).toEqual({ kind: "text", text: "hello" });
  expect(await house.host.outgoing({ ...draft("hello"), to: "62822" })).toEqual({ kind: "text", text: "hello!" });
});

test("each chat may choose what it is spoken to in, guards too; it survives a restart", async () => {
  const base = mkdtempSync(join(tmpdir(), "merpati-plugins-"));
  const setup = `bot.command("hi", ({ reply, tr, language }) => reply(tr("hello") + " " + language));
     bot.command("speak <code>", ({ args, speak }) => speak(args.code === "-" ? null : args.code));
     bot.command("own", { role: "owner" }, () => {});`;
  const texts = 'texts: { en: { hello: "Hi" }, id: { hello: "Halo" } },';
  await open(setup, texts, { base });
  await replies("!speak id");
  expect(await replies("!hi")).toEqual(["Halo id"]);
  expect(await replies("!own")).toEqual(["Hanya pemilik yang boleh melakukan itu."]);
  expect(await replies("!hi", { sender_phone: "628222" })).toEqual(["Hi en"]);
  await house.close();
  await open(setup, texts, { base });
  expect(await replies("!hi")).toEqual(["Halo id"]);
  await replies("!speak -");
  expect(await replies("!hi")).toEqual(["Hi en"]);
  const [refused] = Object.values(await house.says("!speak klingon"));
  expect(refused?.error).toContain('speak takes a language such as "en"');
  rmSync(base, { recursive: true });
});

test("typing is shown where it answers, elsewhere by permission, and never fails a handler", async () => {
  const shown: string[] = [];
  const typing = async (device: string, chat: string, state: string) => {
    shown.push(`${device} ${chat} ${state}`);
    throw new Failure("unavailable", "no connection");
  };
  await open(
    `bot.command("wait", async ({ typing, reply }) => { await typing(); await typing("paused"); await reply("done"); });
     bot.command("there", async ({ reply }) => { try { await bot.typing("6287770001"); } catch (e) { await reply(e.message); } });
     bot.command("lots", async ({ typing, reply }) => { for (let i = 0; i < 50; i++) await typing("recording"); await reply("still here"); });`,
    "",
    { services: { typing } },
  );
  expect(await replies("!wait")).toEqual(["done"]);
  expect(await replies("!there")).toEqual(['it may not send to other chats: add "send" to its permissions.']);
  expect(shown).toEqual(["composing", "paused"].map((state) => `default 628111@s.whatsapp.net ${state}`));
  expect(await replies("!lots")).toEqual(["still here"]);
  expect(shown).toHaveLength(20);
});

test("a user's throw of Refusal is answered in its words", async () => {
  await open('bot.command("hi", () => { throw new Refusal("Not today."); });');
  expect(await replies("!hi")).toEqual(["Not today."]);
});

test("a run that still goes is not started beside itself, but once more when it is done", async () => {
  await open(
    'bot.every("* * * * *", ({ at }) => bot.send("6288880001111", at.toISOString().slice(14, 16)));',
    'permissions: ["send"],',
  );
  house.clock.wind(10 * 60_000);
  await house.until(() => house.sent.length === 2);
  house.clock.wind(60_000);
  await house.until(() => house.sent.length === 3);
  expect(house.texts()).toEqual(["01", "10", "11"]);
});
