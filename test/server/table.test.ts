import { afterAll, beforeAll, expect, test } from "bun:test";
import { faces } from "../../src/api/faces/index.ts";
import { RouteFinder } from "../../src/api/table/find.ts";
import type { Table } from "../../src/api/table/row.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
});
afterAll(() => bot[Symbol.asyncDispose]());

interface Operation {
  tags: string[];
  requestBody?: { content: Record<string, { schema: { properties?: Record<string, unknown> } }> };
}

const operations = async (): Promise<[method: string, path: string, operation: Operation][]> => {
  const { paths } = (await (await fetch(`${bot.url}/docs/json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const all = Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, each]): [string, string, Operation] => [method.toUpperCase(), path, each]),
  );
  // What stands beside the faces has no row.
  return all.filter(([, , { tags }]) => !tags.includes("site"));
};

/** A path of OpenAPI with words in the place of its parameters. */
const filled = (path: string) =>
  path
    .replace("{device}", "default")
    .replace("{plugin}", "ping")
    .replace(/\{[^}]+\}/g, "something");
const nameless = (route: string) => route.replace(/\{[^}]+\}|:[^/]+/g, "*").replace(/\/$/, "");

test("the table has every route there is, and no other", async () => {
  const described = new Set((await operations()).map(([method, path]) => nameless(`${method} ${path}`)));
  const rows = new Set(faces.flatMap(({ table }) => Object.keys(table)).map(nameless));
  expect([...rows].sort()).toEqual([...described].sort());
});

test("what a route is called decides what is found, and nothing else does", () => {
  const finder = new RouteFinder(Object.assign({}, ...faces.map(({ table }) => table)) as Table);
  const pattern = (method: string, path: string) => finder.find(method, path)?.pattern ?? null;
  expect(pattern("GET", "/v1/devices/a/groups/preview")).toBe("/v1/devices/:id/groups/preview");
  expect(pattern("GET", "/v1/devices/a/groups/b/")).toBe("/v1/devices/:id/groups/:group");
  expect(pattern("HEAD", "/v1/devices")).toBe("/v1/devices");
  for (const path of ["/v1/devices//start", "/v1/devices/a//start", "/v1", "/v1/devices/a/start/more", "//v1/devices"])
    expect(pattern("POST", path)).toBeNull();
  expect(finder.find("GET", "/v1/devices/%41%20b")?.params).toEqual({ id: "A b" });
  expect(finder.find("GET", "/v1/devices/%ff")?.params).toEqual({ id: "%ff" });
});

/** Follows somebody else's API, which says nothing of other fields. */
const lenient = faces.filter((face) => face.lenient).flatMap(({ prefixes }) => prefixes);
const isLenient = (path: string) => lenient.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

test("no operation takes a field that it does not know, in the body or the query", async () => {
  const accepted: string[] = [];
  const all = (await operations()).filter(([, path]) => !isLenient(path));
  expect(all.length).toBeGreaterThan(110);
  for (const [method, path] of all) {
    const call = (query: string, body?: object) => bot.call(method, `${filled(path)}${query}`, body);
    // A file as it is has no fields.
    const raw = /\/(media|picture)\/?$/.test(path);
    const attempts = [call("?stray=1"), ...(method === "GET" || raw ? [] : [call("", { stray: 1 })])];
    for (const answer of await Promise.all(attempts)) {
      const { code, error = "" } = (await answer.json()) as { code?: string; error?: string };
      if (answer.status !== 400 || code !== "invalid" || !/stray"? is (not|no) |takes no body/.test(error))
        accepted.push(`${method} ${path}: ${answer.status} ${error}`);
    }
  }
  expect(accepted).toEqual([]);
});

test("an unknown field names the nearest known one, and an unknown word the list", async () => {
  const refusal = async (method: string, path: string, body?: object) =>
    ((await (await bot.call(method, path, body)).json()) as { error: string }).error;
  expect(await refusal("POST", "/v1/admin/keys", { name: "a", scope: ["read"] })).toEndWith('Did you mean "scopes"?');
  expect(await refusal("POST", "/v1/admin/keys", { name: "a", tenant_id: "b" })).toEndWith('Did you mean "tenant"?');
  expect(await refusal("GET", "/v1/admin/keys?tennant=a")).toEndWith('Did you mean "tenant"?');
  expect(await refusal("POST", "/v1/admin/keys", { name: "a", scopes: ["raed"] })).toBe(
    '"scopes.0" takes one of read, send, manage; did you mean "read"?',
  );
  const hook = { url: "https://example.com/hook", batch: { wait: 500 } };
  expect(await refusal("POST", "/v1/webhooks", hook)).toStartWith('"batch.wait" is not a field here');
  const bulk = {
    messages: [
      { to: "628123456789", text: "a" },
      { to: "628123456789", txet: "a" },
    ],
  };
  // The rows of a bulk are looked at once there is an account that they could leave from.
  await using linked = await startBot();
  await linked.link();
  const answer = (await (await linked.call("POST", "/v1/devices/default/bulk", bulk)).json()) as { error: string };
  expect(answer.error).toStartWith('"messages.1.txet" is not a field here');
});

const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(`${bot.url}${path}`, {
    method: "POST",
    headers: { "x-api-key": adminKey, "content-type": "application/json", ...headers },
    body,
  });

/** A body that never ends: whoever waits for it waits for ever. */
const endless = () => new ReadableStream<Uint8Array>({ start: (to) => to.enqueue(new TextEncoder().encode("{")) });

test("scope and device are decided before a byte of the body is read", async () => {
  const made = await bot.call("POST", "/v1/admin/keys", { name: "reader", tenant: "default", scopes: ["read"] });
  const { key } = ((await made.json()) as { data: { key: string } }).data;
  const status = async (path: string, headers: Record<string, string>) => (await post(path, endless(), headers)).status;
  expect(await status("/v1/devices/default/messages", { "x-api-key": "wrong" })).toBe(401);
  expect(await status("/v1/devices/default/messages", { "x-api-key": key })).toBe(403);
  expect(await status("/v1/admin/keys", { "x-api-key": key })).toBe(403);
  expect(await status("/v1/devices/nope/messages", {})).toBe(404);
  expect(await status("/v1/devices/default/nothing", {})).toBe(404);
});

const lists = (count: number) => `[${Array.from({ length: count }, () => "[]").join(",")}]`;

test.each([
  ["50,001 lists", lists(25_001), 413],
  ["8 MB of lists", lists(2_700_000), 413],
  ["texts beside texts", '""'.repeat(100_000), 413],
  ["65 levels", `${"[".repeat(65)}${"]".repeat(65)}`, 400],
  ["a number of a megabyte", "1".repeat(2 ** 20), 400],
])("JSON that is too much to be parsed is refused before it is: %s", async (_what, body, status) => {
  const answer = await post("/v1/devices/default/messages", body);
  expect(answer.status).toBe(status);
});

test("what stands in texts is no structure", async () => {
  const text = '[{"a":1}],\\'.repeat(5_900);
  const answer = await bot.call("POST", "/v1/devices/default/messages", { to: "628123456789", text });
  expect(answer.status).toBe(409); // not linked: it was read
});

test("a form of more fields than any has is refused, a call that takes no body says so", async () => {
  const form = new FormData();
  for (let n = 0; n < 200; n++) form.append("to", "a");
  const sent = await fetch(`${bot.url}/v1/devices/default/messages`, {
    method: "POST",
    headers: { "x-api-key": adminKey },
    body: form,
  });
  expect(sent.status).toBe(413);
  expect((await bot.call("POST", "/v1/devices/default/stop", {})).status).toBe(200);
  expect((await post("/v1/devices/default/stop", "x".repeat(20_000))).status).toBe(413);
});

test("a bulk of 10,000 messages with text, mentions and max_wait passes", async () => {
  await using other = await startBot();
  await other.link();
  for (const number of ["628123456789", "628123456780"]) other.contact(number);
  const messages = Array.from({ length: 10_000 }, (_, place) => ({
    to: `62812${String(place).padStart(7, "0")}`,
    text: "Hello, you",
    mentions: ["628123456789", "628123456780"],
    max_wait: 60,
  }));
  const send_at = Math.floor(Date.now() / 1_000) + 86_400;
  const answer = await other.call("POST", "/v1/devices/default/bulk", { messages, send_at });
  expect([answer.status, await answer.json()]).toMatchObject([202, { data: { total: 10_000 } }]);
});

test("an object where a text belongs is refused by its field, on lenient faces too", async () => {
  const text = { toString: 1 };
  for (const [path, body, field] of [
    ["/api/send", { to: text, message: "Halo" }, "to"],
    ["/v1/devices/default/messages", { to: text, text: "Halo" }, "to"],
    ["/v1/devices/default/contacts/check", { phones: [text] }, "phones.0"],
  ] as const) {
    const answer = await bot.call("POST", path, body);
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([
      400,
      expect.stringContaining(`"${field}" takes`),
    ]);
  }
});
