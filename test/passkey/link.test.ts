import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Ceremony, PasskeyStory } from "./story.ts";

let story: PasskeyStory;

beforeAll(async () => {
  story = await PasskeyStory.begin({ PUBLIC_URL: "https://bot.example.com/" });
});
afterAll(async () => {
  await story[Symbol.asyncDispose]();
});

const origin = "chrome-extension://kkojeonjfhfbacpoflofjohgcolnfjcl";

/** The one-time address, as it is reached here. */
async function address(): Promise<string> {
  const { data } = await story.call<{ url: string; web_url: string; expires_at: number }>("POST");
  expect(data.url).toStartWith("https://bot.example.com/passkey?link=");
  const [, encoded = ""] = data.web_url.split("#merpati-passkey=");
  expect(JSON.parse(Buffer.from(encoded, "base64url").toString())).toEqual({ url: data.url });
  expect(Math.round(data.expires_at - story.clock.now() / 1_000)).toBeWithin(598, 601);
  return data.url.replace("https://bot.example.com", story.bot.url);
}

async function reach(url: string, request: RequestInit = {}) {
  const answer = await fetch(url, request);
  const body = (await answer.json()) as {
    data?: { state: string; device: string; ceremony: (Ceremony & { snippet: string }) | null };
    error?: string;
    code?: string;
  };
  return { status: answer.status, headers: answer.headers, ...body };
}

const post = (url: string, body: unknown) =>
  reach(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

test("shows one ceremony without a key, takes one signature, and tells how it ends", async () => {
  await story.again();
  const { linked } = await story.asked();
  const url = await address();
  const { data } = await reach(url);
  expect(data).toMatchObject({ state: "running", device: "default", ceremony: { stage: "signature" } });
  const options = data?.ceremony?.options ?? { challenge: "" };
  for (const [body, words] of [
    [[], '"assertion"'],
    [{ assertion: { id: "x" } }, '"assertion.rawId" is missing'],
    [{ assertion: story.passkey.signs(options, { origin: "https://example.com" }) }, "was not signed on"],
    [{ assertion: "a".repeat(70_000) }, "larger than 64 KB"],
  ] as const) {
    const { status, error } = await post(url, body);
    expect([400, 413]).toContain(status);
    expect(error).toContain(words);
  }
  expect((await post(url, { same: true })).status).toBe(409);
  expect((await post(url, { assertion: story.passkey.signs(options) })).status).toBe(200);
  // It goes on meanwhile: there it waits for no signature, or is over.
  expect([409, 410]).toContain((await post(url, { assertion: story.passkey.signs(options) })).status);
  await linked;
  await story.bot.connected();
  expect((await reach(url)).data).toMatchObject({ state: "linked", ceremony: null });
});

test("is good for its attempt, its ten minutes and its key only", async () => {
  await story.again();
  await story.asked();
  const url = await address();
  expect((await reach(url.replace(/.$/, (last) => (last === "0" ? "1" : "0")))).status).toBe(401);
  expect((await reach(`${story.bot.url}/passkey`)).status).toBe(401);
  expect((await reach(url, { method: "DELETE" })).status).toBe(404);
  await story.call("DELETE");
  expect((await reach(url)).data).toMatchObject({ state: "ended", reason: "passkey_cancelled" });
  story.bot.events.length = 0;
  await story.asked();
  const { data } = await story.call<Ceremony>("GET");
  const assertion = story.passkey.signs(data.options ?? { challenge: "" });
  expect(await post(url, { assertion })).toMatchObject({ status: 410, code: "gone" });
  const made = await story.bot.call("POST", "/v1/admin/keys", { name: "shop", scopes: ["read", "manage"] });
  const { data: key } = (await made.json()) as { data: { id: string; key: string } };
  const answer = await story.bot.call("POST", "/v1/devices/default/pairing/passkey", undefined, {
    "x-api-key": key.key,
  });
  const { data: other } = (await answer.json()) as { data: { url: string } };
  const theirs = other.url.replace("https://bot.example.com", story.bot.url);
  expect((await reach(theirs)).status).toBe(200);
  expect((await story.bot.call("DELETE", `/v1/admin/keys/${key.id}`)).ok).toBe(true);
  expect((await reach(theirs)).status).toBe(401);
  const own = await address();
  story.clock.wind(601_000);
  expect((await reach(own)).status).toBe(410);
});

test("lets browser extensions in, and the scripts of no page", async () => {
  await story.again();
  await story.asked();
  const url = await address();
  const allowed = async (from: string) =>
    (await reach(url, { headers: { origin: from } })).headers.get("access-control-allow-origin");
  expect(await allowed(origin)).toBe(origin);
  for (const from of ["https://web.whatsapp.com", "https://example.com", "null", "chrome-extension://a/../b"])
    expect(await allowed(from)).toBeNull();
  const before = await fetch(url, { method: "OPTIONS", headers: { origin } });
  expect([before.status, before.headers.get("access-control-allow-headers")]).toEqual([204, "content-type"]);
  const page = await fetch(url, { headers: { accept: "text/html" } });
  expect(page.headers.get("content-type")).toStartWith("text/html");
  expect(page.headers.get("x-frame-options")).toBe("DENY");
});
