import { afterAll, beforeAll, expect, test } from "bun:test";
import { startBot, type TestBot } from "./harness.ts";

/** People, groups, communities, channels, labels and chats, asked for what cannot be. */
let bot: TestBot;
let group = "";
let channel = "";
beforeAll(async () => {
  bot = await startBot();
  await bot.link();
  bot.contact(ann);
  group = (await answer("POST", "/groups", { subject: "Here", members: [ann] })).data.id;
  channel = (await answer("POST", "/channels", { name: "Here" })).data.id;
  await answer("POST", "/labels", { name: "Here" });
});
afterAll(() => bot[Symbol.asyncDispose]());

const ann = "628123456789";
const elsewhere = "120363999999999999@g.us";
const news = "120363999999999999@newsletter";

interface Answer {
  status: number;
  data: { id: string };
  error: string;
  code: string;
}

async function answer(method: string, path: string, body?: unknown, key?: string, device = "default"): Promise<Answer> {
  const headers: Record<string, string> = key === undefined ? {} : { "x-api-key": key };
  const response = await bot.call(method, `/v1/devices/${device}${path}`, body, headers);
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  return { status: response.status, ...((isJson ? await response.json() : {}) as Omit<Answer, "status">) };
}

type Call = [method: string, path: string, body?: unknown];
type Refusal = [...call: Call, says: string];

const kinds = [5, "x", [], true];
const nobody = 'takes a person: a phone number with country code ("628123456789"), a JID or a LID.';

const refusals = (): Refusal[] => [
  // Bodies that are none, name what there is not, or name nothing.
  ...[
    ["POST", "/groups"],
    ["PATCH", `/groups/${group}`],
    ["PATCH", "/profile"],
    ["PATCH", `/chats/${ann}`],
  ].flatMap(([method = "", path = ""]) =>
    kinds.map((body): Refusal => [method, path, body, "The body must be a JSON object."]),
  ),
  ["PATCH", `/groups/${group}`, { subjct: "News" }, '"subjct" is not a field here: there are subject, description,'],
  ["POST", "/groups", { subject: "A", members: [ann], icon: 1 }, '"icon" is not a field here'],
  ["POST", "/labels", { name: "A", colour: 1 }, '"colour" is not a field here: there are name, color.'],
  ["PUT", "/presence", { online: true, typing: 1 }, '"typing" is not a field here'],
  ["PATCH", `/groups/${group}`, {}, 'Nothing to change: the body takes "subject", "description"'],
  ["PATCH", `/channels/${channel}`, {}, 'Nothing to change: the body takes "name", "description".'],
  ["PATCH", `/chats/${ann}`, {}, 'Nothing to change: the body takes "archived"'],
  ["PATCH", `/chats/${ann}`, undefined, 'Nothing to change: the body takes "archived"'],
  ["PATCH", "/profile", {}, 'Nothing to change: the body takes "name", "about".'],
  ["PATCH", "/profile/privacy", {}, "Nothing to change: the body takes any of last, online"],
  [
    "GET",
    "/history?serach=noon",
    undefined,
    '"serach" is not a parameter here: there are chat, search, kind, direction, since, until, sort, before, after, limit, count, raw.',
  ],
  [
    "GET",
    "/chats?before=1",
    undefined,
    '"before" is not a parameter here: there are after, search, kind, unread, archived, label, limit, count.',
  ],
  ["GET", "/contacts?name=ann", undefined, '"name" is not a parameter here: there are search, after, limit.'],
  ["GET", `/channels/${channel}/posts?after=1`, undefined, '"after" is not a parameter here'],
  // Fields.
  ...["", " ", "x".repeat(101), 5, null].map((subject): Refusal => [
    "POST",
    "/groups",
    { subject, members: [ann] },
    '"subject" takes a text of 1 to 100',
  ]),
  ["PATCH", "/profile", { name: " " }, '"name" takes a text of 1 to 25 characters.'],
  ["POST", "/channels", { name: "\t" }, '"name" takes a text of 1 to 100 characters.'],
  ["POST", "/labels", { name: " " }, '"name" takes a text of 1 to 100 characters.'],
  ["POST", "/communities", { subject: " " }, '"subject" takes a text of 1 to 100 characters.'],
  ["PATCH", `/groups/${group}`, { locked: null }, '"locked" takes true or false: whether only admins change'],
  [
    "POST",
    "/groups",
    { subject: "A", members: [ann, null] },
    '"members.1" takes a phone number, JID, LID or username.',
  ],
  ["POST", "/contacts/check", { phones: [ann, 5] }, '"phones.1" takes a phone number.'],
  ["POST", "/contacts/check", { phones: [ann, "0812"] }, "phones.1 takes digits with country code"],
  ["PATCH", "/profile/privacy", { last: null }, '"last" takes all, contacts, contact_blacklist, none.'],
  ...["constructor", "toString", "hasOwnProperty"].map((name): Refusal => [
    "PATCH",
    "/profile/privacy",
    { [name]: "all" },
    `"${name}" is no privacy setting`,
  ]),
  ...[3_600, 1e300, -1, 1.5, "soon"].map((at): Refusal => [
    "PATCH",
    `/chats/${ann}`,
    { muted_until: at },
    '"muted_until" takes a time in Unix seconds',
  ]),
  // People who are none.
  ...[group, news, "status@broadcast", "Ann", "5@constructor", "1@2@lid"].flatMap((who): Refusal[] => [
    ["GET", `/contacts/${who}`, undefined, `"contact" ${nobody}`],
    ["PUT", `/contacts/${who}/block`, undefined, `"contact" ${nobody}`],
    ["DELETE", `/contacts/${who}/block`, undefined, `"contact" ${nobody}`],
    ["POST", `/contacts/${who}/presence`, undefined, `"contact" ${nobody}`],
    ["DELETE", `/contacts/${who}`, undefined, `"contact" ${nobody}`],
    ["POST", "/groups", { subject: "A", members: [ann, who] }, `"members.1" ${nobody}`],
    ["POST", `/groups/${group}/members`, { action: "add", members: [who] }, `"members.0" ${nobody}`],
    ["POST", `/groups/${group}/requests`, { verdict: "reject", members: [who] }, `"members.0" ${nobody}`],
    ["POST", "/calls/ABC/reject", { from: who }, `"from" ${nobody}`],
    ["PUT", `/channels/${channel}/owner`, { contact: who }, `"contact" ${nobody}`],
    ["DELETE", `/channels/${channel}/admins/${who}`, undefined, `"contact" ${nobody}`],
  ]),
  ["POST", "/groups/join", { code: "abcdefgh", group, from: elsewhere, expires_at: 5 }, `"from" ${nobody}`],
  [
    "POST",
    "/groups/join",
    { code: "abcdefgh", group, from: ann, expires_at: 1e300 },
    '"expires_at" takes Unix seconds',
  ],
  ["POST", "/groups/join", { code: "", group, from: ann, expires_at: 5 }, '"code" takes an invite link'],
  // Chats, groups and channels that are none.
  ...["Ann", "5@constructor", "x@g.us"].flatMap((chat): Refusal[] => [
    ["POST", `/chats/${chat}/read`, undefined, '"chat" takes a phone number'],
    ["PATCH", `/chats/${chat}`, { archived: true }, '"chat" takes a phone number'],
    ["PUT", `/chats/${chat}/messages/A/star`, undefined, '"chat" takes a phone number'],
    ["DELETE", `/chats/${chat}/messages/A`, undefined, '"chat" takes a phone number'],
    ["PUT", `/labels/1/chats/${chat}`, undefined, '"chat" takes a phone number'],
    ["GET", `/history?chat=${chat}`, undefined, '"chat" takes a phone number'],
  ]),
  ["POST", `/chats/${news}/typing`, { state: "composing" }, '"chat" takes a person or a group'],
  ["POST", "/communities/x/groups", { groups: [group] }, '"community" takes an id such as "1203'],
  ["POST", `/communities/${group}/groups`, { groups: [group, ann] }, '"groups.1" takes an id such as "1203'],
  ["GET", `/groups/${news}`, undefined, '"group" takes an id such as "1203'],
  ["GET", `/channels/${group}`, undefined, '"channel" takes an id such as "1203'],
  ["POST", "/calls/a%0d%0ab/reject", { from: ann }, '"call" takes the id that the event call.received tells.'],
];

test("what a request has wrong is named", async () => {
  for (const [method, path, body, says] of refusals()) {
    const call = [method, path, JSON.stringify(body)];
    const { status, code, error } = await answer(method, path, body);
    expect([...call, { status, code, error }]).toEqual([
      ...call,
      { status: 400, code: "invalid", error: expect.stringContaining(says) },
    ]);
  }
});

test("what is not there is not found", async () => {
  const absent: Call[] = [
    ["GET", `/channels/${news}`],
    ["POST", "/groups", { subject: "A", members: [ann], community: elsewhere }],
    ["PUT", `/chats/${ann}/messages/ABC/star`],
    ["DELETE", `/chats/${ann}/messages/ABC`],
    ["GET", "/labels/99"],
    ["PATCH", "/labels/99", { name: "A" }],
    ["DELETE", "/labels/99"],
    ["PUT", `/labels/99/chats/${ann}`],
  ];
  for (const [method, path, body] of absent)
    expect([method, path, await answer(method, path, body)]).toMatchObject([method, path, { status: 404 }]);
});

test("many at once are all done", async () => {
  const names = Array.from({ length: 12 }, (_, place) => `At once ${place}`);
  const made = await Promise.all(names.map((name) => answer("POST", "/labels", { name })));
  expect(new Set(made.map(({ data }) => data.id)).size).toBe(12);
  const marks = [true, false, true, false, true];
  const marked = marks.map((archived) => answer("PATCH", `/chats/${ann}`, { archived, pinned: !archived }));
  expect((await Promise.all(marked)).map(({ status }) => status)).toEqual(marks.map(() => 200));
});

/** Every route once, with nothing wrong but what the test makes wrong. */
const calls: Call[] = [
  ["GET", "/groups"],
  ["POST", "/groups", { subject: "A", members: [ann] }],
  ["GET", "/groups/preview?code=AbCdEfGhIjKl"],
  ["POST", "/groups/join", { code: "AbCdEfGhIjKl" }],
  ["GET", "/groups/:group"],
  ["PATCH", "/groups/:group", { subject: "A" }],
  ["DELETE", "/groups/:group"],
  ["POST", "/groups/:group/members", { action: "add", members: [ann] }],
  ["GET", "/groups/:group/picture"],
  ["PUT", "/groups/:group/picture", "a picture"],
  ["DELETE", "/groups/:group/picture"],
  ["GET", "/groups/:group/invite"],
  ["DELETE", "/groups/:group/invite"],
  ["GET", "/groups/:group/requests"],
  ["POST", "/groups/:group/requests", { verdict: "approve", members: [ann] }],
  ["GET", "/communities"],
  ["POST", "/communities", { subject: "A" }],
  ["DELETE", "/communities/:community"],
  ["GET", "/communities/:community/groups"],
  ["POST", "/communities/:community/groups", { groups: [elsewhere] }],
  ["DELETE", "/communities/:community/groups/:group"],
  ["GET", "/channels"],
  ["POST", "/channels", { name: "A" }],
  ["GET", "/channels/preview?code=AbCdEfGhIjKl"],
  ["GET", "/channels/search?words=pigeon"],
  ["GET", "/channels/:channel"],
  ["PATCH", "/channels/:channel", { name: "A" }],
  ["DELETE", "/channels/:channel"],
  ["PUT", "/channels/:channel/follow"],
  ["DELETE", "/channels/:channel/follow"],
  ["PUT", "/channels/:channel/mute"],
  ["DELETE", "/channels/:channel/mute"],
  ["GET", "/channels/:channel/posts"],
  ["POST", "/channels/:channel/watch"],
  ["PUT", "/channels/:channel/picture", "a picture"],
  ["DELETE", "/channels/:channel/picture"],
  ["GET", "/channels/:channel/followers"],
  ["PUT", "/channels/:channel/owner", { contact: ann }],
  ["DELETE", "/channels/:channel/admins/:contact"],
  ["GET", "/contacts"],
  ["POST", "/contacts/check", { phones: [ann] }],
  ["GET", "/contacts/blocked"],
  ["GET", "/contacts/:contact"],
  ["GET", "/contacts/:contact/export"],
  ["DELETE", "/contacts/:contact"],
  ["PUT", "/contacts/:contact/block"],
  ["DELETE", "/contacts/:contact/block"],
  ["POST", "/contacts/:contact/presence"],
  ["GET", "/profile"],
  ["PATCH", "/profile", { name: "A" }],
  ["PUT", "/profile/picture", "a picture"],
  ["DELETE", "/profile/picture"],
  ["GET", "/profile/privacy"],
  ["PATCH", "/profile/privacy", { last: "all" }],
  ["GET", "/labels"],
  ["POST", "/labels", { name: "A" }],
  ["GET", "/labels/:label"],
  ["PATCH", "/labels/:label", { name: "A" }],
  ["DELETE", "/labels/:label"],
  ["PUT", "/labels/:label/chats/:chat"],
  ["DELETE", "/labels/:label/chats/:chat"],
  ["PUT", "/labels/:label/chats/:chat/messages/:message"],
  ["DELETE", "/labels/:label/chats/:chat/messages/:message"],
  ["GET", "/chats"],
  ["PATCH", "/chats/:chat", { archived: true }],
  ["POST", "/chats/:chat/read"],
  ["POST", "/chats/:chat/history", { count: 1 }],
  ["POST", "/chats/:chat/typing", { state: "composing" }],
  ["PUT", "/chats/:chat/messages/:message/star"],
  ["DELETE", "/chats/:chat/messages/:message/star"],
  ["DELETE", "/chats/:chat/messages/:message"],
  ["GET", "/history"],
  ["GET", "/history/:message"],
  ["PUT", "/presence", { online: true }],
  ["POST", "/calls/:call/reject", { from: ann }],
];

const examples: Readonly<Record<string, string>> = {
  group: elsewhere,
  community: elsewhere,
  channel: news,
  contact: ann,
  chat: ann,
  label: "1",
  message: "ABC",
  call: "ABC",
};
const filled = (path: string) => path.replaceAll(/:(\w+)/g, (_, name: string) => examples[name] ?? "");

test("every route is in the list below", async () => {
  const spec = (await (await bot.call("GET", "/docs/json")).json()) as { paths: Record<string, object> };
  const resources = "groups|communities|channels|contacts|profile|labels|chats|history|presence|calls";
  const ours = new RegExp(`^/v1/devices/\\{device\\}(/(?:${resources})(?:/.*)?)$`);
  const routes = Object.entries(spec.paths).flatMap(([path, methods]) => {
    const found = ours.exec(path)?.[1];
    if (found === undefined) return [];
    const route = found.replace(/\/$/, "").replaceAll(/\{(\w+)\}/g, ":$1");
    return Object.keys(methods).map((method) => `${method.toUpperCase()} ${route}`);
  });
  expect(calls.map(([method, path]) => `${method} ${path.split("?")[0]}`).toSorted()).toEqual(routes.toSorted());
});

test("a part of the path that is no text is named, and nothing is done", async () => {
  for (const [method, path, body] of calls) {
    for (const name of [...path.matchAll(/:(\w+)/g)].map(([, found = ""]) => found)) {
      const broken = filled(path.replace(`:${name}`, "%E0%A4%A"));
      expect([method, broken, await answer(method, broken, body)]).toMatchObject([
        method,
        broken,
        { status: 400, error: `The "${name}" in the path is not percent-encoded as UTF-8.` },
      ]);
    }
  }
});

/** Routes that need no connection. */
const remembered = new Set([
  "GET /contacts",
  "DELETE /contacts/:contact",
  "GET /contacts/:contact/export",
  "GET /labels",
  "GET /labels/:label",
  "GET /chats",
  "POST /chats/:chat/read",
  "GET /history",
]);
/** Routes that ask, and change nothing. */
const asking = new Set([
  "POST /contacts/check",
  "POST /contacts/:contact/presence",
  "POST /channels/:channel/watch",
  "POST /chats/:chat/history",
]);

test("another's device is not there, by no route; a key that only reads changes nothing", async () => {
  for (const id of ["mine", "theirs"]) await bot.call("POST", "/v1/admin/tenants", { id });
  await bot.call("POST", "/v1/admin/tenants/mine/devices", { device_id: "pigeon" });
  const keyOf = async (tenant: string, scopes: string[]) => {
    const made = await bot.call("POST", "/v1/admin/keys", { tenant, name: tenant, scopes });
    return ((await made.json()) as { data: { key: string } }).data.key;
  };
  const theirs = await keyOf("theirs", ["read", "send", "manage"]);
  const reader = await keyOf("mine", ["read"]);
  for (const [method, path, body] of calls) {
    const call = [method, path];
    const foreign = await answer(method, filled(path), body, theirs, "pigeon");
    expect([...call, foreign]).toMatchObject([...call, { status: 404, code: "not_found" }]);
    expect([...call, await answer(method, filled(path), body, theirs, "nowhere")]).toEqual([...call, foreign]);
    const { code } = await answer(method, filled(path), body, reader, "pigeon");
    const reads = (method === "GET" && !path.endsWith("/export")) || asking.has(`${method} ${path}`);
    expect([...call, code === "forbidden"]).toEqual([...call, !reads]);
  }
});

test("without a connection it is told that there is none, at once, but for what is remembered here", async () => {
  const says = expect.stringContaining("not connected");
  await bot.device.stop();
  for (const [method, path, body] of calls) {
    const call = `${method} ${path}`;
    const { status, code, error } = await answer(method, filled(path), body);
    if (remembered.has(call)) expect([call, status]).toEqual([call, 200]);
    else if (path.endsWith("/picture") && method === "PUT") expect([call, status]).toEqual([call, 400]);
    // Without a message there is none to ask for older ones of.
    else if (path.includes(":message") || call === "POST /chats/:chat/history")
      expect([call, status]).toEqual([call, 404]);
    else expect([call, { status, code, error }]).toEqual([call, { status: 503, code: "unavailable", error: says }]);
  }
});
