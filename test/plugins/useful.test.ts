import { afterEach, expect, test } from "bun:test";
import { House } from "./house.ts";

let house: House;
afterEach(() => house.close());

/** The plugin as it is shipped, enabled. */
const open = async (name: string, toml = "", more: Parameters<typeof House.open>[1] = {}) => {
  const text = await Bun.file(`plugins/${name}.ts`).text();
  house = await House.open({ [`${name}.ts`]: text, "config.toml": toml }, more);
  if (name !== "ping" && name !== "help") {
    expect(house.state(name)).toBe("off");
    await house.host.enable(name);
  }
};
const replies = async (text: string, more = {}) => {
  const before = house.sent.length;
  for (const { error } of Object.values(await house.says(text, more))) expect(error).toBeUndefined();
  return house.sent.slice(before).map(({ content }) => (content.kind === "text" ? content.text : content));
};
const group = { chat: "1203@g.us", is_group: true };

test("help lists, explains and guesses", async () => {
  await open("help", "[help]\nhint = true");
  expect(await replies("!help")).toEqual(["*!help [name]* – What can I do?"]);
  expect(await replies("!help help")).toEqual(["*!help [name]* – What can I do?\nAlso: !menu !bantuan"]);
  expect(await replies("!help nothing")).toEqual(["There is no command !nothing."]);
  expect(await replies("!hepl")).toEqual(["There is no !hepl. Did you mean !help?"]);
  expect(await replies("!something")).toEqual([]);
});

test("auto-reply: the first rule that matches, by its way to match, not in groups, not at once again", async () => {
  const rules = [
    ["price", "contains", "Hi {name}, see the list."],
    ["hi", "word", "Hello."],
    ["ok", "exact", "Good."],
  ].map(
    ([when, match, answer]) => `[[auto-reply.rules]]\nwhen = "${when}"\nmatch = "${match}"\nanswer = "${answer}"\n`,
  );
  await open("auto-reply", rules.join(""));
  expect(await replies("What PRICE is it?")).toEqual(["Hi Ann, see the list."]);
  expect(await replies("The price?")).toEqual([]);
  expect(await replies("The price?", { sender_phone: "628222" })).toEqual(["Hi Ann, see the list."]);
  house.clock.wind(10_000);
  expect(await replies("The price?")).toEqual(["Hi Ann, see the list."]);
  expect(await replies("What price is it?", group)).toEqual([]);
  expect([await replies("this thing"), await replies("Oh, hi!")]).toEqual([[], ["Hello."]]);
  expect([await replies("ok then"), await replies("OK")]).toEqual([[], ["Good."]]);
});

test("reminders: asks, keeps, writes when it is time, once; or all in one line; and forgets", async () => {
  await open("reminders");
  expect(await replies("!remind")).toEqual(["What shall I remind you of?"]);
  expect(await replies("buy milk")).toEqual(["In how long? 10m, 2h or 1d; a number is minutes."]);
  expect(await replies("soon")).toEqual(["I understand 10m, 2h and 1d; a number is minutes."]);
  expect(await replies("10")).toEqual(["I will remind you in 10m."]);
  expect(await replies("!remind 2h call mum")).toEqual(["I will remind you in 2h."]);
  expect(await replies("!remind 1d")).toEqual(["What shall I remind you of?"]);
  expect(await replies("sleep")).toEqual(["I will remind you in 1d."]);
  expect(await replies("!remind tomorrow tea")).toEqual(["I understand 10m, 2h and 1d; a number is minutes."]);
  expect(await replies("!reminders")).toEqual(["1. Reminder: buy milk\n2. Reminder: call mum\n3. Reminder: sleep"]);
  expect(await replies("!unremind 3")).toEqual(["Forgotten: Reminder: sleep"]);
  expect(await replies("!unremind 3")).toEqual(["There is no reminder 3."]);
  const before = house.sent.length;
  for (let minute = 0; minute < 9; minute++) house.clock.wind(60_000);
  expect(house.sent.length).toBe(before);
  house.clock.wind(120_000);
  await house.until(() => house.sent.length > before);
  expect(house.sent.at(-1)).toMatchObject({ to: "628111@s.whatsapp.net", content: { text: "Reminder: buy milk" } });
});

test("assistant: streams from an OpenAI-compatible endpoint and remembers the chat", async () => {
  const bodies: { messages: { role: string; content: string }[]; model: string }[] = [];
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      expect(request.headers.get("authorization")).toBe("Bearer sk-test");
      bodies.push((await request.json()) as (typeof bodies)[0]);
      const pieces = ["Hel", "lo ", `no. ${bodies.length}`].map((content) =>
        JSON.stringify({ choices: [{ delta: { content } }] }),
      );
      const text = [...pieces, "[DONE]"].map((data) => `data: ${data}\n\n`).join("");
      return new Response(text, { headers: { "content-type": "text/event-stream" } });
    },
  });
  await open(
    "assistant",
    `[assistant]\nurl = "${server.url.origin}"\nkey = "sk-test"\nmodel = "m"\nallow = ["628111"]\n`,
  );
  expect(await replies("!ai Hi there")).toEqual(["Hello no. 1"]);
  house.clock.wind(5000);
  expect(await replies("!ai And now?")).toEqual(["Hello no. 2"]);
  expect(bodies[1]?.messages.slice(1)).toEqual([
    { role: "user", content: "Hi there" },
    { role: "assistant", content: "Hello no. 1" },
    { role: "user", content: "And now?" },
  ]);
  expect(await replies("!ai Me too?", { sender_phone: "628222" })).toEqual(["This is not open to you."]);
  expect(await replies("Without the command")).toEqual([]);
  await house.host.configure("assistant", { always: true });
  expect(await replies("Without the command")).toEqual(["Hello no. 3"]);
  expect(await replies("Me too?", { sender_phone: "628222" })).toEqual([]);
  expect(await replies("In a group", group)).toEqual([]);
  await server.stop(true);
  const failed = await house.says("And now?");
  expect(failed["assistant"]).toMatchObject({ ok: false, final: false });
});

test("assistant: what the endpoint refuses is said in words, and why in the log", async () => {
  using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("no", { status: 401 }) });
  await open("assistant", `[assistant]\nurl = "${server.url.origin}"\nalways = true\n`);
  expect(await replies("!ai Hi")).toEqual(["The assistant does not answer just now."]);
  expect(await replies("Hi")).toEqual(["The assistant does not answer just now."]);
  expect(house.lines.find(({ level }) => level === "warn")?.fields).toMatchObject({ plugin: "assistant", status: 401 });
});

test("forward: what matches is posted with the event's id; a refusal is tried again", async () => {
  const posted: unknown[] = [];
  let status = 200;
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      posted.push([
        request.headers.get("idempotency-key"),
        ((await request.json()) as { data: { content: unknown } }).data.content,
      ]);
      return new Response(null, { status });
    },
  });
  await open("forward", `[forward]\nurl = "${server.url.origin}/hook"\nmatches = "^order "\n`);
  const event = house.message("order 66");
  expect(await house.tell(event)).toEqual({ forward: { ok: true } });
  await house.says("hello");
  expect(posted).toEqual([[event.id, { kind: "text", text: "order 66" }]]);
  status = 500;
  expect((await house.says("order 67"))["forward"]).toMatchObject({ ok: false, final: false });
});

test("quiz: asks, scores, and makes polls", async () => {
  await open("quiz");
  expect(await replies("!quiz")).toEqual(["What is the capital of Indonesia?"]);
  expect(await replies("jakarta")).toEqual([{ kind: "reaction", target: expect.any(String), emoji: "🎉" }]);
  expect(await replies("!quiz")).toEqual(["How many legs has a spider?"]);
  expect(await replies("6")).toEqual(["No: 8."]);
  expect(await replies("!score")).toEqual(["1 Ann"]);
  const poll = { kind: "poll" as const, question: "Tea?", options: ["yes", "no"], selectable: 1 };
  expect(await replies("!poll Tea? | yes | no")).toEqual([poll]);
});

test("sticker: of the picture it stands under", async () => {
  await open("sticker");
  const image = {
    kind: "image" as const,
    mime: "image/png",
    size: 1,
    sha256: "",
    media_id: "m1",
    url: "/m1",
    state: "remote" as const,
  };
  expect(await replies("", { content: { ...image, caption: "!sticker" } })).toEqual([
    { kind: "sticker", media_id: "m1" },
  ]);
  house.clock.wind(3000);
  expect(await replies("!sticker")).toEqual(["Send a picture with this caption, or answer one with it."]);
});

test("moderation: members' links go, with a warning, then the member; admins and allowed hosts may", async () => {
  const removed: string[] = [];
  await open("moderation", '[moderation]\nallowed = ["example.com"]\nwarnings = 2\n', {
    services: {
      groups: {
        members: async () => [{ jid: "628999@s.whatsapp.net", phone: "628999", lid: null, role: "admin" }],
        change: async (_device, _group, action, members) =>
          members.map((jid) => (removed.push(`${action} ${jid}`), { jid, ok: !jid.startsWith("628777") })),
      },
    },
  });
  const admin = { ...group, sender_phone: "628999", sender: "628999@s.whatsapp.net" };
  const picture = { kind: "image" as const, mime: "image/png", size: 1, sha256: "", media_id: "m", url: "/m" };
  const caption = { ...picture, state: "remote" as const, caption: "www.spam.biz" };
  expect(await replies("see https://spam.biz", group)).toEqual([
    { kind: "delete", target: expect.any(String) },
    "@628111: no links here, please (1/2).",
  ]);
  expect((await replies("", { ...group, content: caption }))[1]).toContain("(2/2)");
  expect(removed).toEqual(["remove 628111@s.whatsapp.net"]);
  expect(await replies("https://example.com/x and sub.example.com", group)).toEqual([]);
  expect((await replies("https://example.com.spam.biz", group)).length).toBe(2);
  expect(await replies("https://spam.biz", admin)).toEqual([]);

  const lid = "84729104638201@lid";
  expect(await replies("!warn @84729104638201 be kind", { ...admin, mentions: [lid] })).toEqual([
    "@84729104638201: be kind (1/2).",
  ]);
  expect(house.sent.at(-1)).toMatchObject({ context: { mentions: [lid] } });
  expect(await replies("!pardon @84729104638201", { ...admin, mentions: [lid] })).toEqual([
    "@84729104638201: forgotten.",
  ]);
  expect(await replies("!warn @84729104638201", { ...admin, mentions: [lid] })).toEqual([
    "@84729104638201: please mind the rules of this group (1/2).",
  ]);
  expect(await replies("!kick 628111222333", admin)).toMatchObject([{ emoji: "👋" }]);
  expect(removed.at(-1)).toBe("remove 628111222333@s.whatsapp.net");
  expect(await replies("!kick 6287770001", admin)).toEqual(["Make me an admin of this group first."]);
  expect(await replies("!kick 628111222333", group)).toEqual(["Only admins of this group may do that."]);
});

test("admin: the owner switches plugins from the chat", async () => {
  await open("admin", "", { people: { owners: ["628999"] } });
  await Bun.write(`${house.dir}/quiz.ts`, await Bun.file("plugins/quiz.ts").text());
  await house.host.scan();
  const owner = { sender_phone: "628999" };
  expect(await replies("!enable quiz")).toEqual(["Only the owner may do that."]);
  expect(await replies("!enable quiz", owner)).toEqual(["quiz runs. It may: store."]);
  expect(house.state("quiz")).toBe("running");
  expect(await replies("!disable quiz", owner)).toEqual(["quiz is off."]);
  expect(house.state("quiz")).toBe("off");
  expect((await replies("!plugins", owner))[0]).toContain("○ *quiz* (off)");
  await house.host.enable("quiz");
  expect(await replies("!disable quiz here", { ...owner, ...group })).toEqual(["quiz is off here."]);
  expect(await replies("!score", group)).toEqual([]);
  expect(await replies("!enable quiz here", { ...owner, ...group })).toEqual(["quiz is on here."]);
  expect(await replies("!score", group)).toHaveLength(1);
});

test("admin: uninstalls after a question, with or without what was stored, never itself", async () => {
  await open("admin", "", { people: { owners: ["628999"] } });
  const quiz = await Bun.file("plugins/quiz.ts").text();
  const owner = { sender_phone: "628999" };
  const install = async () => {
    await Bun.write(`${house.dir}/quiz.ts`, quiz);
    await house.host.scan();
  };
  await install();
  await house.services.data.set("quiz", "score:x", 1);
  expect(await replies("!uninstall quiz")).toEqual(["Only the owner may do that."]);
  expect(await replies("!uninstall admin", owner)).toEqual(["That would lock you out."]);
  expect(await replies("!uninstall Quiz", owner)).toEqual([
    "This deletes quiz and what it stored. Write yes, or keep to keep what it stored.",
  ]);
  expect(await replies("no", owner)).toEqual(["Nothing done."]);
  expect(house.state("quiz")).toBe("off");
  await replies("!uninstall quiz", owner);
  expect(await replies("keep", owner)).toEqual(["quiz is gone. What it stored is kept."]);
  expect([house.state("quiz"), await house.services.data.get("quiz", "score:x")]).toEqual([undefined, 1]);
  await install();
  await replies("!uninstall quiz", owner);
  expect(await replies("YES", owner)).toEqual(["quiz is gone. What it stored is deleted."]);
  expect([house.state("quiz"), await house.services.data.get("quiz", "score:x")]).toEqual([undefined, null]);
});

test("language: a chat chooses, in a group its admins do", async () => {
  await open("language");
  expect(await replies("!language")).toEqual(["This chat speaks en. There are en, id."]);
  expect(await replies("!language id")).toEqual(["✓ id"]);
  expect(await replies("!bahasa xx")).toEqual(["Bahasa di sini: id. Pilihan: en, id."]);
  expect(await replies("!language id", group)).toEqual(["Ask a group admin."]);
});

test("welcome: greets who joins, by name, in the group", async () => {
  await open("welcome");
  const members = [{ jid: "628333@s.whatsapp.net", phone: "628333", lid: null, username: null }];
  const somebody = { author: null, author_phone: null, author_lid: null, author_username: null };
  const change = { group: "1203@g.us", ...somebody, members };
  await house.tell(house.event("group.members", { ...change, action: "remove" }));
  await house.tell(house.event("group.members", { ...change, action: "add" }));
  expect(house.sent).toMatchObject([{ to: "1203@g.us", content: { text: "Welcome, @628333!" } }]);
});
