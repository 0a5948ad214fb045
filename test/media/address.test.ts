import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { nameInDisposition } from "../../src/core/media/disposition.ts";
import type { DraftContent } from "../../src/core/model/content/draft.ts";
import { jpeg } from "../files.ts";
import { afterwards } from "../afterwards.ts";
import { startBot, type TestBot } from "../harness.ts";

const pdf = "%PDF-1.7 words";
const type = (mime: string, more: Record<string, string> = {}) => ({ headers: { "content-type": mime, ...more } });
const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/** A ZIP archive of one empty file. */
function archive(name: string): Uint8Array<ArrayBuffer> {
  const field = (value: number, size: number) => Array.from({ length: size }, (_, at) => (value >> (8 * at)) & 255);
  const head = [...field(20, 2), ...Array<number>(20).fill(0), ...field(name.length, 2), 0, 0];
  const local = [...Buffer.from("PK\x03\x04"), ...head, ...Buffer.from(name)];
  const entry = [...Buffer.from("PK\x01\x02"), 20, 0, ...head, ...Array<number>(14).fill(0), ...Buffer.from(name)];
  const end = [0, 0, 0, 0, 1, 0, 1, 0, ...field(entry.length, 4), ...field(local.length, 4), 0, 0];
  return Uint8Array.from([...local, ...entry, ...Buffer.from("PK\x05\x06"), ...end]);
}

/** Servers as they are: `/hop/3` sends one on three times. */
const pages: Record<string, () => Response | Promise<Response>> = {
  "/download": () => new Response(pdf, type("application/pdf")),
  "/office": () => new Response(archive("word/document.xml"), type("application/octet-stream")),
  "/app": () => new Response(archive("AndroidManifest.xml"), type("application/octet-stream")),
  "/archive": () => new Response(archive("some/Document.xml"), type("application/octet-stream")),
  "/docx": () => new Response("PK\x03\x04 words", type(word)),
  "/named": () =>
    new Response(pdf, type("application/octet-stream", { "content-disposition": 'attachment; filename="Bill 7.pdf"' })),
  "/unquoted": () =>
    new Response(pdf, type("application/pdf", { "content-disposition": "attachment; filename=Bill 7.pdf; size=1" })),
  "/starred": () =>
    new Response(
      pdf,
      type("application/pdf", { "content-disposition": "attachment; filename=x.pdf; filename*=UTF-8''Caf%C3%A9.pdf" }),
    ),
  "/evil": () =>
    new Response(pdf, type("application/pdf", { "content-disposition": 'attachment; filename="../../etc/passwd"' })),
  "/inside": () => Response.redirect("http://10.0.0.1/secret"),
  "/nowhere": () => new Response(null, { status: 302, headers: { location: "http://[" } }),
  "/listed": () => new Response("BMI;weight", type("text/csv; charset=utf-8")),
  "/part": () => new Response("%PDF-1.7", { status: 206, headers: { "content-range": "bytes 0-7/900" } }),
  "/photo": async () => new Response(Uint8Array.from(await jpeg()), type("image/jpeg")),
  "/latin": () =>
    new Response(Buffer.from("<title>A\xe7\xe3o</title>", "latin1"), type("text/html; charset=ISO-8859-1")),
  "/latin-meta": () =>
    new Response(
      Buffer.from('<meta charset="windows-1252"><title>\x93A\xe7\xe3o\x94</title>', "latin1"),
      type("text/html"),
    ),
  "/entities": () =>
    new Response(
      '<meta property="og:title" content="Ann&#8217;s shop > all &#x1F426; caf&eacute;">',
      type("text/html"),
    ),
};

let bot: TestBot;
let web: ReturnType<typeof Bun.serve>;
let broken: Server;
beforeAll(async () => {
  web = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) => {
      const { pathname } = new URL(url);
      const [, hops] = /^\/hop\/(\d+)/.exec(pathname) ?? [];
      if (hops === undefined) return pages[pathname]?.() ?? new Response(null, { status: 404 });
      const next = Number(hops) - 1;
      return new Response(null, { status: 302, headers: { location: next > 0 ? `/hop/${next}` : "/entities" } });
    },
  });
  broken = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: 10000\r\n\r\n%PDF-1.7");
      socket.end();
    });
  }).listen(0, "127.0.0.1");
  bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.link();
});
afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await web.stop(true);
  broken.close();
});

const at = (path: string) => `http://127.0.0.1:${web.port}${path}`;

async function send(content: DraftContent) {
  const { waId } = await bot.device.outbox.send({ to: "628123456789", content });
  return (await bot.contact().hears(({ id }) => id === waId)).message;
}

test.each([
  ["/download?id=42", "download.pdf", "application/pdf"],
  ["/docx", "docx.docx", word],
  ["/office", "office.docx", word],
  ["/app", "app.apk", "application/vnd.android.package-archive"],
  ["/archive", "archive.zip", "application/zip"],
  ["/listed", "listed.csv", "text/csv"],
  ["/named", "Bill 7.pdf", "application/pdf"],
  ["/unquoted", "Bill 7.pdf", "application/pdf"],
  ["/starred", "Café.pdf", "application/pdf"],
  ["/evil", ".._.._etc_passwd", "application/pdf"],
])("a document at %s is called %s", async (path, fileName, mimetype) => {
  const { documentMessage, documentWithCaptionMessage } = await send({ kind: "document", url: at(path) });
  const document = documentMessage ?? documentWithCaptionMessage?.message?.documentMessage;
  expect(document).toMatchObject({ fileName, mimetype });
});

test.each([
  ["/hop/6", { code: "invalid", message: '"content.url": it redirects more than 5 times.' }],
  ["/inside", { code: "forbidden", field: "content.url" }],
  ["/nowhere", { code: "invalid", message: '"content.url": it redirects to what is no address.' }],
  ["/part", { code: "invalid", message: '"content.url": it answers 206 instead of a file.' }],
  ["/missing", { code: "invalid", message: '"content.url": it answers 404 instead of a file.' }],
])("%s is refused by its field", async (path, failure) => {
  const sent = await bot.device.outbox
    .send({ to: "628123456789", content: { kind: "document", url: at(path) } })
    .catch((error: unknown) => error);
  expect(sent).toMatchObject(failure);
});

test("an address that nobody answers is the caller's mistake", async () => {
  const content = { kind: "document", url: "http://127.0.0.1:1/a.pdf" } as const;
  const sent = await bot.device.outbox.send({ to: "628123456789", content }).catch((error: unknown) => error);
  expect(sent).toMatchObject({ code: "invalid", field: "content.url", message: expect.stringContaining("refused") });
});

test("a source that says it is larger than what is taken is not waited for", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n%PDF-1.7"));
  }).listen(0, "127.0.0.1");
  afterwards(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.pdf`;
  const sent = await bot.device.outbox
    .send({ to: "628123456789", content: { kind: "document", url } })
    .catch((error: unknown) => error);
  expect(sent).toMatchObject({ code: "too_large", field: "content.url" });
});

test("five redirects are followed", async () => {
  const { documentMessage } = await send({ kind: "document", url: at("/hop/5") });
  expect(documentMessage?.mimetype).toStartWith("text/html");
});

test("a source that breaks off half way is the source's fault", async () => {
  const url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}/a.pdf`;
  const sent = await bot.device.outbox
    .send({ to: "628123456789", content: { kind: "document", url } })
    .catch((error: unknown) => error);
  expect(sent).toMatchObject({ code: "invalid", message: '"content.url": it broke off before its end.' });
});

test.each([
  ["/latin", "Ação"],
  ["/latin-meta", "“Ação”"],
  ["/entities", "Ann’s shop > all 🐦 café"],
  ["/hop/3", "Ann’s shop > all 🐦 café"],
])("the card of %s says %s", async (path, title) => {
  const { extendedTextMessage } = await send({ kind: "text", text: at(path), preview: true });
  expect(extendedTextMessage).toMatchObject({ title, matchedText: at(path) });
});

test("a name in a header is read as servers write it", () => {
  const read = (header: string) => nameInDisposition(header);
  expect(read("attachment")).toBeNull();
  expect(read("inline; filename=a.txt")).toBe("a.txt");
  expect(read('attachment; filename="a \\"b\\".txt"')).toBe('a "b".txt');
  expect(read("attachment; filename*=UTF-8''%ff; filename=a.txt")).toBe("a.txt");
  expect(read("attachment; filename*=UTF-8''%ZZ.txt; filename=a.txt")).toBe("a.txt");
  expect(read("attachment; filename*=iso-8859-1''caf%e9.txt")).toBe("café.txt");
  expect(read(`attachment; filename="${Buffer.from("café.txt").toString("latin1")}"`)).toBe("café.txt");
});
