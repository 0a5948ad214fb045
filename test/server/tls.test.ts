import { expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { readConfig } from "../../src/config/config.ts";
import { ownPaths } from "../../src/config/values.ts";
import { faces } from "../../src/api/faces/index.ts";
import { readCertificate } from "../../src/server/certificate.ts";
import { ran } from "../cli/merpati.ts";
import { HandClock } from "../clock.ts";
import { adminKey, startBot } from "../harness.ts";

/** A certificate of this name for this machine, made by itself: `name.crt`, `name.key`. */
async function make(dir: string, name: string): Promise<void> {
  const args = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${name}`;
  const more = ["-keyout", join(dir, `${name}.key`), "-out", join(dir, `${name}.crt`), "-addext"];
  const command = ["openssl", ...args.split(" "), ...more, "subjectAltName=IP:127.0.0.1"];
  expect(await Bun.spawn(command, { stdout: "ignore", stderr: "ignore" }).exited).toBe(0);
}

/** The name in the certificate that a new connection is shown. */
const shownAt = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port), rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.end();
    });
    socket.on("error", reject);
  });

test("a certificate is renewed while the bot runs: what is connected stays, a bad file changes nothing", async () => {
  const dir = mkdtempSync(join(tmpdir(), "merpati-tls-"));
  for (const name of ["one", "two"]) await make(dir, name);
  const [cert, key] = [join(dir, "cert.pem"), join(dir, "key.pem")];
  const use = (name: string, keyOf = name) => {
    copyFileSync(join(dir, `${name}.crt`), cert);
    copyFileSync(join(dir, `${keyOf}.key`), key);
  };
  use("one");
  const [clock, lines] = [new HandClock(Date.now()), [] as string[]];
  await using bot = await startBot({
    env: { TLS_CERT: cert, TLS_KEY: key },
    stands: { clock },
    out: { write: (line) => lines.push(line) },
    unasked: true,
  });
  expect(bot.url).toStartWith("https://127.0.0.1:");
  const tls = { ca: await Bun.file(cert).text() };
  const headers = { "x-api-key": adminKey };
  expect((await fetch(`${bot.url}/v1/devices`, { headers, tls })).status).toBe(200);
  await expect(fetch(`${bot.url.replace("https", "http")}/health`)).rejects.toThrow();
  expect((await ran(bot.folder, ["status"])).out).toContain(`runs at ${bot.url}`);

  const stream = await fetch(`${bot.url}/v1/events`, { headers: { ...headers, accept: "text/event-stream" }, tls });
  const reader = stream.body?.getReader();
  const socket = new WebSocket(`${bot.url.replace("https", "wss")}/socket.io/?EIO=4&transport=websocket`, {
    tls,
  } as unknown as string[]);
  const hears = (text: string) =>
    new Promise<void>((resolve) => {
      socket.addEventListener("message", ({ data }) => {
        if (String(data).startsWith(text)) resolve();
      });
    });
  const opened = hears("0{");
  await opened;
  socket.send(`40${JSON.stringify({ key: adminKey })}`);
  // The first one says how the device is.
  await hears("42");

  use("two", "one");
  clock.wind(15_000);
  clock.wind(15_000);
  const complaints = () => lines.filter((line) => line.includes("the new TLS certificate cannot be used"));
  expect(complaints().map((line) => (JSON.parse(line) as { problem: string }).problem)).toEqual([
    "TLS_KEY is not the key of TLS_CERT: name the two files that belong together.",
  ]);
  expect(await shownAt(bot.url)).toBe("one");
  truncateSync(cert, 100);
  clock.wind(15_000);
  expect(complaints()).toHaveLength(2);
  expect(await shownAt(bot.url)).toBe("one");

  use("two");
  clock.wind(15_000);
  expect(await shownAt(bot.url)).toBe("two");
  const renewed = { ca: await Bun.file(cert).text() };
  await fetch(`${bot.url}/v1/devices`, {
    method: "POST",
    body: '{"device_id":"default"}',
    headers: { ...headers, "content-type": "application/json" },
    tls: renewed,
  });
  const told = hears("42");
  await fetch(`${bot.url}/v1/devices/default/start`, { method: "POST", headers, tls: renewed });
  let streamed = "";
  while (!streamed.includes("device.")) streamed += new TextDecoder().decode((await reader?.read())?.value);
  await told;
  expect(socket.readyState).toBe(WebSocket.OPEN);
  socket.close();
  await reader?.cancel();
  rmSync(dir, { recursive: true });
}, 30_000);

test("files that cannot be served with stop the start, each by its setting", async () => {
  const dir = mkdtempSync(join(tmpdir(), "merpati-tls-"));
  for (const name of ["one", "two"]) await make(dir, name);
  const [cert, key] = [join(dir, "one.crt"), join(dir, "one.key")];
  expect(() => readCertificate({ cert: join(dir, "none"), key })).toThrow("TLS_CERT names");
  expect(() => readCertificate({ cert: key, key })).toThrow("TLS_CERT takes a file with a certificate in PEM.");
  expect(() => readCertificate({ cert, key: cert })).toThrow("TLS_KEY takes a file with a private key in PEM");
  expect(() => readCertificate({ cert, key: join(dir, "two.key") })).toThrow("TLS_KEY is not the key of TLS_CERT");
  expect(() => readConfig({ TLS_CERT: cert })).toThrow("TLS_CERT and TLS_KEY go together");
  rmSync(dir, { recursive: true });
});

test("a port that shares itself for renewals is shared with no other bot", async () => {
  const dir = mkdtempSync(join(tmpdir(), "merpati-tls-"));
  await make(dir, "one");
  const env = { TLS_CERT: join(dir, "one.crt"), TLS_KEY: join(dir, "one.key") };
  await using bot = await startBot({ env, unasked: true });
  const { port } = new URL(bot.url);
  await expect(startBot({ env: { ...env, PORT: port }, unasked: true })).rejects.toThrow(`Port ${port} is in use`);
  await expect(startBot({ env: { PORT: port }, unasked: true })).rejects.toThrow(`Port ${port} is in use`);
  rmSync(dir, { recursive: true });
});

test("a base path is one that no part of the bot has", () => {
  expect(readConfig({ BASE_PATH: "/tools/bot/" }).basePath).toBe("/tools/bot");
  expect(readConfig({ BASE_PATH: "/" }).basePath).toBe("");
  for (const path of ["bot", "/a b", "/bot?x", "/bot/../x"]) expect(() => readConfig({ BASE_PATH: path })).toThrow(/./);
  for (const { prefixes } of faces)
    for (const prefix of prefixes)
      expect(() => readConfig({ BASE_PATH: prefix })).toThrow("which is the bot's own: take another");
  expect(ownPaths).toContain("socket.io");
});
