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

test("auto-reply: the first rule that matches, not in groups", async () => {
  await open("auto-reply", '[[auto-reply.rules]]\ncontains = "price"\nanswer = "Hi {name}, see the list."\n');
  expect(await replies("What PRICE is it?")).toEqual(["Hi Ann, see the list."]);
  expect(await replies("What price is it?", group)).toEqual([]);
  expect(await replies("hello")).toEqual([]);
});

test("reminders: asks, keeps, writes when it is time, once", async () => {
  await open("reminders");
  expect(await replies("!remind")).toEqual(["What shall I remind you of?"]);
  expect(await replies("buy milk")).toEqual(["In how many minutes?"]);
  expect(await replies("soon")).toEqual(["A whole number of minutes, please."]);
  expect(await replies("10")).toEqual(["I will remind you in 10 min."]);
  expect(await replies("!reminders")).toEqual(["• Reminder: buy milk"]);
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
          members.map((jid) => (removed.push(`${action} ${jid}`), { jid, ok: true })),
      },
    },
  });
  expect(await replies("see https://spam.biz", group)).toEqual([
    { kind: "delete", target: expect.any(String) },
    "Ann: no links here, please (1/2).",
  ]);
  expect((await replies("www.spam.biz", group))[1]).toContain("(2/2)");
  expect(removed).toEqual(["remove 628111@s.whatsapp.net"]);
  expect(await replies("https://example.com/x", group)).toEqual([]);
  expect(await replies("https://spam.biz", { ...group, sender_phone: "628999" })).toEqual([]);
  expect(await replies("!pardon 628111000", { ...group, sender_phone: "628999" })).toMatchObject([{ emoji: "👍" }]);
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
  const members = [{ jid: "628333@s.whatsapp.net", phone: "628333", lid: null }];
  const somebody = { author: null, author_phone: null, author_lid: null };
  const change = { group: "1203@g.us", ...somebody, members };
  await house.tell(house.event("group.members", { ...change, action: "remove" }));
  await house.tell(house.event("group.members", { ...change, action: "add" }));
  expect(house.sent).toMatchObject([{ to: "1203@g.us", content: { text: "Welcome, @628333!" } }]);
});
