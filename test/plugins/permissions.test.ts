import { expect, test } from "bun:test";
import { Permissions } from "../../src/plugins/gateway/permissions.ts";
import { House } from "./house.ts";

const open = (setup: string, permissions: string[], services = {}) =>
  House.open(
    {
      "it.ts": `import { plugin } from "merpati";
export default plugin({ name: "it", permissions: ${JSON.stringify(permissions)}, setup(bot) { ${setup} } });`,
    },
    { services },
  );

const reading = `bot.command("read <id>", async ({ args, reply }) => {
  try { await reply("read " + (await bot.media(args.id)).bytes.length); } catch (e) { await reply(e.message); }
});`;
const media = async () => ({ bytes: new Uint8Array(3), mime: "image/png", name: null });

test("a file of another message takes the permission, one of the message that is handled does not", async () => {
  const house = await open(reading, [], { media });
  await house.says("!read foreign-file");
  const own = { kind: "text", text: "!read own-file", media_id: "own-file" };
  await house.says("!read own-file", { content: own as never });
  expect(house.texts()).toEqual(['it may not media: add "media" to its permissions.', "read 3"]);
  await house.close();
  const allowed = await open(reading, ["media"], { media });
  await allowed.says("!read foreign-file");
  expect(allowed.texts()).toEqual(["read 3"]);
  await allowed.close();
});

test.each([
  ["net:*.example.com", "https://evilexample.com", false],
  ["net:*.example.com", "https://example.com.evil.com", false],
  ["net:*.example.com", "https://example.com", false],
  ["net:*.example.com", "https://a.example.com", true],
  ["net:*.example.com", "https://a.b.EXAMPLE.com", true],
  ["net:example.com", "https://a.example.com", false],
  ["net:example.com:8080", "http://example.com", false],
  ["net:example.com:8080", "http://example.com:8080", true],
])("%s reaches %s: %p", (permission, url, may) => {
  const reach = () => new Permissions("it", [permission]).needHost(new URL(url));
  if (may) expect(reach).not.toThrow();
  else expect(reach).toThrow("may not reach");
});

test("what proves who one is does not follow a redirect to another origin", async () => {
  const got: Headers[] = [];
  const keep = (request: Request): Response => {
    got.push(request.headers);
    return new Response("there");
  };
  using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: keep });
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    routes: { "/away": Response.redirect(other.url.href, 307), "/near": Response.redirect("/end", 307), "/end": keep },
  });
  const headers = `{ authorization: "Bearer s", cookie: "s=1", "x-api-key": "s", "X-Auth-Token": "s", accept: "text/plain" }`;
  const house = await open(
    `bot.command("get <url>", async ({ args, reply }) => reply(await (await bot.fetch(args.url, { headers: ${headers} })).text()));`,
    ["net:127.0.0.1"],
  );
  const shown = ["authorization", "cookie", "x-api-key", "x-auth-token", "accept"];
  await house.says(`!get ${server.url}near`);
  await house.says(`!get ${server.url}away`);
  expect(house.texts()).toEqual(["there", "there"]);
  expect(got.map((each) => shown.map((name) => each.get(name)))).toEqual([
    ["Bearer s", "s=1", "s", "s", "text/plain"],
    [null, null, null, null, "text/plain"],
  ]);
  await house.close();
});
