import { afterEach, expect, test } from "bun:test";
import { House } from "./house.ts";

let house: House;
afterEach(() => house.close());

/** A plugin with a mistake in its sixth line, or in the third, where it says what it is. */
const made = (line: string, more = "") =>
  `import { plugin, t } from "merpati";
export default plugin({ name: "it",
  ${more}
  setup(bot) {
    const { command, on, every, http, outgoing } = bot;
    ${line}
  },
});`;

/** The mistake, and what its author gets to read, with the line. */
const mistakes: [string, string][] = [
  [
    made('command("x <a:colour>", () => {});'),
    '"colour" is no kind; use word, text, int, number, phone, person or a choice like small|large :6',
  ],
  [made('command("x", { rol: "owner" }, () => {});'), 'command "x": there is no option "rol"; did you mean "role"? :6'],
  [
    made('command("x", { role: "ownr" }, () => {});'),
    'role takes one of owner, admin, group_admin, anyone, not "ownr" :6',
  ],
  [
    made('command("x", { cooldown: "30s" }, () => {});'),
    'cooldown takes seconds, e.g. 30, or { seconds: 30, per: "chat" } :6',
  ],
  [
    made('command("x", { allow: ["0812"] }, () => {});'),
    'allow takes a list of phone numbers in digits with country code, e.g. ["628123456789"] :6',
  ],
  [made('command("x");'), 'command "x" needs a handler, e.g. ({ reply }) => reply("hi"); it was given undefined :6'],
  [made('command("x", () => {}); command("X", () => {});'), 'command "x" is registered twice :6'],
  [
    made('on("message.recieved", () => {});'),
    'on("message.recieved"): there is no event "message.recieved"; did you mean "message.received"? :6',
  ],
  [made('on("message.picture", () => {});'), "there are: message.text, message.image, "],
  [made('on("message.text");'), "on message.text needs a handler, e.g. ({ data }) => …; it was given undefined :6"],
  [
    made('every("99 * * * *", () => {});'),
    'It takes minute, hour, day, month, weekday, e.g. "0 9 * * *", and a zone such as Asia/Jakarta :6',
  ],
  [made('every("0 9 * * *", { zone: "Asia/Jakata" }, () => {});'), 'every("0 9 * * *") in zone Asia/Jakata: '],
  [made('every("0 9 * * *", { missed: "twice" }, () => {});'), 'missed takes skip or once, not "twice" :6'],
  [made('http("GET", "x", () => new Response("x"));'), 'http: a path begins with /, e.g. "/x" :6'],
  [made('http("PATCH", "/x", () => new Response("x"));'), 'http: takes GET, POST, PUT, DELETE, not "PATCH" :6'],
  [made('http("GET", "/x", () => new Response("x"));'), 'it uses http: add "http" to its permissions :6'],
  [made("outgoing(() => {});"), 'it uses outgoing: add "outgoing" to its permissions :6'],
  [made('bot.comand("x", () => {});'), 'bot: there is no power "comand"; did you mean "command"? :6'],
  [made("const { reply } = bot;"), 'bot: "reply" comes with a message: ({ reply }) => … :6'],
  [made("null.foo();"), "TypeError: null is not an object (evaluating 'null.foo') :6"],
  [made("const x = ;"), "Unexpected ; :6"],
  [made("", 'permission: ["store"],'), 'plugin({ … }): there is no field "permission"; did you mean "permissions"? :3'],
  [made("", 'permissions: ["stor"],'), 'there is no permission "stor"; did you mean "store"? :3'],
  [made("", "patience: 0,"), "patience takes 0.5 to 300 seconds, not 0 :3"],
  [made("", 'texts: { hello: "hi" },'), 'texts takes texts by language and key: { en: { hello: "Hi {name}" } } :3'],
  [
    made("", 'config: { city: { type: "strng" } },'),
    'config.city: there is no type of setting "strng"; did you mean "string"? :3',
  ],
  [
    made("", "config: { days: t.integer({ default: 9, max: 7 }) },"),
    "config.days: its default takes a number from … to 7, not 9 :3",
  ],
  [
    made("", 'config: { city: "Jakarta" },'),
    'config.city is no setting: write it with t, e.g. t.string({ default: "" }) :3',
  ],
  [
    made("", "config: { city: t.string({ label: 3 }) },"),
    'config.city: label takes a text, or one for each language, e.g. { en: "Greeting", id: "Salam" } :3',
  ],
  [made("", 'config: { city: t.string({ pattern: "(" }) },'), "config.city: pattern is no regular expression: "],
  [
    'import { plugin, Refusl } from "merpati";\nexport default plugin({ name: "it", setup: () => void Refusl });',
    'import from "merpati": there is no export "Refusl"; did you mean "Refusal"? :1',
  ],
  [
    '\nimport { x } from "./x.ts";\nexport default { name: "it", setup: x };',
    'import "./x.ts": there is no such file :2',
  ],
  [
    'import { x } from "left-pad";\nexport default { name: "it", setup: x };',
    'import "left-pad": it is not installed in node_modules beside the plugin :1',
  ],
  ["export const plugin = 1;", 'it.ts has no plugin: write "export default plugin({ name, setup(bot) { … } })" :1'],
];

test.each(mistakes.map(([text, problem]) => [problem, text] as const))("%s", async (problem, text) => {
  house = await House.open({ "it.ts": text });
  const said = house.host.list()[0]?.problem?.replace(` (${house.dir}/it.ts:`, " :").replace(/\)$/, "");
  expect(said).toContain(problem);
});

test.each<[string, string]>([
  ['({ reply }) => reply("hi", { quoted: "x" })', 'send: there is no option "quoted"; did you mean "quote"?'],
  ['({ ask }) => ask("hi", { answer: "cty" })', 'ask: there is no answer "cty"; did you mean "city"?'],
  ['({ reply }) => reply("hi", { key: () => 1 })', "send: takes plain data only, but key is a function"],
])("while it handles a message: %s", async (handler, problem) => {
  house = await House.open({ "it.ts": made(`command("x", ${handler}); bot.answer("city", () => {});`) });
  expect((await house.says("!x"))["it"]?.error).toBe(`${problem} (${house.dir}/it.ts:6)`);
});
