import { expect, test } from "bun:test";
import { join } from "node:path";

/** Read when they are first needed: a socket is opened, the API's description asked for, a QR drawn, a file looked at. */
const later = [
  "@elysiajs/swagger",
  "@socket.io/bun-engine",
  "@whiskeysockets/baileys",
  "fast-png",
  "file-type",
  "mediabunny",
  "nodemailer",
  "omggif",
  "pino-pretty",
  "preact",
  "protobufjs",
  "qrcode",
  "socket.io",
  "zod",
];

test("a start reads no library that it does not need yet", async () => {
  const start = JSON.stringify(join(import.meta.dir, "../src/cli/start.ts"));
  const script = `await import(${start}); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
  const files = JSON.parse(await new Response(child.stdout).text()) as string[];
  const packages = new Set(files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
  expect(packages).toContain("elysia");
  expect(later.filter((name) => packages.has(name))).toEqual([]);
  expect(files.filter((file) => file.includes("/src/whatsapp/") || file.includes("/src/simulator/"))).toEqual([]);
});
