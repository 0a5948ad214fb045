import { brotliDecompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { startBot, type TestBot } from "../harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
});
afterAll(() => bot[Symbol.asyncDispose]());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${bot.url}${path}`, { headers, decompress: false });

/** What the document at `/` loads. */
async function loaded(): Promise<string[]> {
  const text = await (await get("/", { "accept-encoding": "identity" })).text();
  return [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? "");
}

test("documents are revalidated, what they load is kept for ever", async () => {
  const document = await get("/");
  expect(document.headers.get("cache-control")).toBe("no-cache");
  const etag = document.headers.get("etag") ?? "";
  expect((await get("/", { "if-none-match": etag })).status).toBe(304);
  const paths = await loaded();
  expect(paths.length).toBeGreaterThanOrEqual(2);
  for (const path of paths) {
    const asset = await get(path);
    expect([asset.status, asset.headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
    expect(path).toMatch(/^\/assets\/[a-z]+-[a-z0-9]{8}\.(js|css)$/);
  }
  expect((await get("/assets/main-00000000.js")).status).toBe(404);
  expect((await get("/assets/../package.json")).status).toBe(404);
});

test("nothing inline may run, and nobody may frame the dashboard", async () => {
  const document = await get("/", { "accept-encoding": "identity" });
  const policy = document.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
  expect(await document.text()).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/);
});

test("the first load is less than 66 KB compressed", async () => {
  const seen = new Map<string, number>();
  const fetchOne = async (path: string): Promise<void> => {
    if (seen.has(path)) return;
    const response = await get(path, { "accept-encoding": "gzip" });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    const bytes = await response.bytes();
    seen.set(path, bytes.length);
    const text = new TextDecoder().decode(Bun.gunzipSync(bytes));
    for (const [, chunk = ""] of text.matchAll(/from\s*"(\/assets\/[^"]+)"/g)) await fetchOne(chunk);
  };
  for (const path of ["/", ...(await loaded())]) await fetchOne(path);
  expect(seen.size).toBeGreaterThan(2);
  const total = [...seen.values()].reduce((sum, each) => sum + each, 0);
  expect(total).toBeLessThan(66 * 1024);
});

test("all of the dashboard, with its charts, is less than 80 KB compressed", async () => {
  const seen = new Map<string, number>();
  const fetchOne = async (path: string): Promise<void> => {
    if (seen.has(path)) return;
    const response = await get(path, { "accept-encoding": "gzip, br" });
    expect(response.headers.get("content-encoding")).toBe("br");
    const bytes = await response.bytes();
    seen.set(path, bytes.length);
    const text = brotliDecompressSync(bytes).toString();
    for (const [, chunk = ""] of text.matchAll(/(?:from|import)\s*\(?"(\/assets\/[^"]+)"/g)) await fetchOne(chunk);
  };
  for (const path of ["/", ...(await loaded())]) await fetchOne(path);
  expect(seen.size).toBeGreaterThan(3);
  expect([...seen.values()].reduce((sum, each) => sum + each, 0)).toBeLessThan(80 * 1024);
});

test("there is no sandbox outside the sandbox", async () => {
  expect((await get("/sandbox")).status).toBe(404);
  expect((await get("/sandbox/api/state")).status).toBe(404);
});
