import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { downloadContentFromMessage } from "@whiskeysockets/baileys";
import { startMarch2026 } from "./march-2026.ts";
import { openFile, sealFile, Random, type Simulator } from "../../src/simulator/index.ts";

let sim: Simulator;
beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
});
afterEach(() => sim.stop());

// Without keep-alive: a port may be taken by another simulator with another certificate a moment later.
const get = (url: string, init: RequestInit = {}) =>
  fetch(url, { ...init, keepalive: false, tls: { ca: sim.certificate } });

test("over wss and https: a client links, sends a picture and fetches a document", async () => {
  const directory = mkdtempSync(`${tmpdir()}/simulator-`);
  try {
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/secure-client.ts`, directory], { stdout: "pipe" });
    const lines = (await new Response(child.stdout).text()).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { downloaded: "echo: not really a picture" },
      { problems: [], stored: 2, exit: 0 },
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 30_000);

test("the certificate is one, and signs the servers'", () => {
  const root = new X509Certificate(sim.certificate);
  expect(root.verify(root.publicKey)).toBe(true);
  expect(root.ca).toBe(true);
  const server = new X509Certificate(sim.network.tls.serve({ dns: ["localhost"], ip: ["127.0.0.1"] }).cert);
  expect(server.verify(root.publicKey)).toBe(true);
  expect(server.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(server.checkHost("localhost")).toBe("localhost");
  expect(server.checkHost("example.com")).toBeUndefined();
});

describe("the media server", () => {
  test("serves what was stored, whole and in parts, until it expires; untrusted, it is refused", async () => {
    const { url, directPath } = sim.media.store(Buffer.from("0123456789"));
    expect(await (await get(url)).text()).toBe("0123456789");
    const part = await get(url, { headers: { Range: "bytes=2-4" } });
    expect([part.status, await part.text()]).toEqual([206, "234"]);
    sim.media.fail(503);
    expect((await get(url)).status).toBe(503);
    sim.media.expire(directPath);
    expect((await get(url)).status).toBe(410);
    expect(
      await fetch(url).then(
        () => "trusted",
        () => "refused",
      ),
    ).toBe("refused");
  });

  test("takes uploads with a token whose name is their hash", async () => {
    const file = sealFile(Buffer.from("hello"), "image", new Random(1));
    const name = file.fileEncSha256.toString("base64url");
    const at = (token: string, hash = name) =>
      `https://${sim.media.host}/mms/image/${hash}?auth=${token}&token=${hash}`;
    const put = (url: string) => get(url, { method: "POST", body: new Uint8Array(file.bytes) });
    expect((await put(at("wrong"))).status).toBe(401);
    const token = sim.media.newToken();
    expect((await put(at(token, Buffer.alloc(32).toString("base64url")))).status).toBe(400);
    const stored = await (await put(at(token))).json();
    expect(sim.media.file(stored.direct_path)).toEqual(file.bytes);
  });
});

test("files are sealed as clients seal them, and what was tampered with is refused", async () => {
  const random = new Random(2);
  const plain = random.bytes(100_000);
  const { bytes, mediaKey, fileSha256 } = sealFile(plain, "video", random);
  expect(openFile(bytes, "video", mediaKey, fileSha256)).toEqual(plain);
  expect(() => openFile(bytes, "audio", mediaKey)).toThrow("MAC");
  const tampered = Buffer.from(bytes);
  tampered[5] = (tampered[5] ?? 0) ^ 1;
  expect(() => openFile(tampered, "video", mediaKey)).toThrow("MAC");
  expect(() => openFile(bytes, "video", mediaKey, random.bytes(32))).toThrow("not what was announced");

  const { directPath, url } = sim.media.store(bytes);
  const original = globalThis.fetch;
  globalThis.fetch = Object.assign(
    (input: string | URL | Request, init?: RequestInit) => original(input, { ...init, tls: { ca: sim.certificate } }),
    original,
  );
  try {
    const stream = await downloadContentFromMessage({ mediaKey, directPath, url }, "video");
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(plain)).toBe(true);
  } finally {
    globalThis.fetch = original;
  }
});
