import { expect, test } from "bun:test";
import { adminKey, startBot } from "../harness.ts";

test("an answer tells what is left of the key's pace, and nothing to whom no pace binds", async () => {
  await using bot = await startBot();
  await bot.call("POST", "/v1/admin/tenants", { id: "shop", limits: { requests_per_second: 5 } });
  const made = await bot.call("POST", "/v1/admin/keys", { tenant: "shop", name: "till", scopes: ["read"] });
  const { key } = ((await made.json()) as { data: { key: string } }).data;
  const call = async (headers: Record<string, string>) =>
    (await bot.call("GET", "/v1/usage", undefined, headers)).headers;
  const first = await call({ "x-api-key": key });
  expect(first.get("ratelimit-limit")).toBe("10");
  expect(first.get("ratelimit-remaining")).toBe("9");
  expect(first.get("ratelimit-reset")).toBe("1");
  expect(Number((await call({ "x-api-key": key })).get("ratelimit-remaining"))).toBeLessThanOrEqual(9);
  expect((await call({ "x-api-key": adminKey })).get("ratelimit-limit")).toBeNull();
  const refused = await (async () => {
    for (;;) {
      const answer = await bot.call("GET", "/v1/usage", undefined, { "x-api-key": key });
      if (answer.status === 429) return answer.headers;
    }
  })();
  expect(["limit", "remaining"].map((name) => refused.get(`ratelimit-${name}`))).toEqual(["10", "0"]);
  expect(Number(refused.get("ratelimit-reset"))).toBeGreaterThan(0);
});

test("the caller's own name of a call comes back and stands in the log; what is none gets one of ours", async () => {
  const lines: string[] = [];
  await using bot = await startBot({ env: { LOG_LEVEL: "debug" }, out: { write: (line: string) => lines.push(line) } });
  const named = async (id: string) =>
    (await bot.call("GET", "/v1/devices/none", undefined, { "x-request-id": id })).headers.get("x-request-id");
  expect(await named("order-42.retry_1")).toBe("order-42.retry_1");
  expect(lines.some((line) => line.includes('"request":"order-42.retry_1"'))).toBe(true);
  for (const bad of ["a b", "x".repeat(65), '{"a":1}', ""]) expect(await named(bad)).toMatch(/^[0-9a-f-]{36}$/);
});
