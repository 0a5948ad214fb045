import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { adminKey, startBot, type TestBot } from "../harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  // Whoever is written to must be there before.
  bot.contact();
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

interface Answer {
  status: number;
  headers: string;
  body: string;
}

/** Sends bytes as they are, and reads the answer until the server closes. */
function raw(head: readonly string[], body: Uint8Array | string = ""): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { port } = new URL(bot.url);
  const socket = connect(Number(port), "127.0.0.1");
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part));
  socket.on("error", reject);
  socket.on("close", () => {
    const whole = Buffer.concat(parts).toString();
    const end = whole.indexOf("\r\n\r\n");
    resolve({ status: Number(whole.slice(9, 12)), headers: whole.slice(0, end), body: whole.slice(end + 4) });
  });
  const bytes = Buffer.from(body);
  const length = bytes.length > 0 ? [`content-length: ${bytes.length}`] : [];
  socket.write([...head, `x-api-key: ${adminKey}`, "connection: close", ...length, "", ""].join("\r\n"));
  socket.write(bytes);
  return promise;
}

const send = (type: string, body: Uint8Array | string) =>
  raw(["POST /v1/devices/default/messages HTTP/1.1", "host: localhost", `content-type: ${type}`], body);

/** What arrived of a message that was sent. */
async function arrived({ status, body }: Answer): Promise<string | null | undefined> {
  expect([status, body]).toEqual([202, expect.any(String)]);
  const { data } = JSON.parse(body) as { data: { id: string } };
  const { message } = await bot.contact().hears(({ id }) => id === data.id);
  return message.conversation ?? message.extendedTextMessage?.text ?? message.documentMessage?.caption;
}

const to = "628123456789";

describe("an address", () => {
  test.each([
    "wa",
    "bot",
    "x",
    "::1",
    "[::1]:3000",
    "localhost",
    "a.b",
    "127.0.0.1:1",
    "x".repeat(500),
    "host with spaces",
    "%zz",
    "",
  ])("with the host %p is answered", async (host) => {
    const answer = await raw(["GET /v1/devices/default HTTP/1.1", `host: ${host}`]);
    expect([answer.status, answer.body.slice(0, 200)]).toEqual([200, expect.stringContaining('"success":true')]);
  });

  test.each([
    ["/", 200],
    ["/session", 200],
    ["/connection/qr?link=none", 401],
    ["/media/none?t=none", 401],
    ["/plugins/none", 404],
    ["/metrics", 200],
    ["/docs/json", 200],
    ["/socket.io/?EIO=4&transport=polling", 200],
  ])("%s is answered with %i at any host", async (path, status) => {
    for (const host of ["x", "::1", "a b", "["]) {
      const answer = await raw([`GET ${path} HTTP/1.1`, `host: ${host}`]);
      expect([host, answer.status]).toEqual([host, status]);
    }
  });

  test.each(["/v1/devices/", "/v1/devices/default/", "/v1/devices/default?", "/v1//devices/default"])(
    "%s",
    async (path) => {
      const { status } = await raw([`GET ${path} HTTP/1.1`, "host: localhost"]);
      expect(status).toBe(path.includes("//") ? 404 : 200);
    },
  );

  test("that is very long is refused in words, or answered", async () => {
    const { status } = await raw([`GET /v1/devices/${"x".repeat(12_000)} HTTP/1.1`, "host: localhost"]);
    expect([404, 414, 431]).toContain(status);
  });
});

describe("HEAD", () => {
  test.each([
    ["/v1/devices/default", "*/*"],
    ["/v1/devices/default/events", "text/event-stream"],
    ["/v1/events", "text/event-stream"],
    ["/health", "*/*"],
  ])("%s (%s) has the status of GET, no body, and ends", async (path, accept) => {
    const { status, body } = await raw([`HEAD ${path} HTTP/1.1`, "host: localhost", `accept: ${accept}`]);
    expect([status, body]).toEqual([200, ""]);
  });

  test("an unknown path is as unknown as by GET", async () => {
    expect((await raw(["HEAD /v1/nothing HTTP/1.1", "host: localhost"])).status).toBe(404);
  });
});

describe("a body", () => {
  test.each([
    "Application/JSON",
    "application/json; charset=utf-8",
    "APPLICATION/JSON;CHARSET=UTF-8",
    "text/json",
    "application/vnd.api+json; ext=none",
  ])("as %s is read", async (type) => {
    expect(await arrived(await send(type, JSON.stringify({ to, text: "Olá" })))).toBe("Olá");
  });

  test.each(["iso-8859-1", "windows-1252", "latin1"])("in %s is converted when it says so", async (charset) => {
    const body = Buffer.from(JSON.stringify({ to, text: "Olá, ação" }), "latin1");
    expect(await arrived(await send(`application/json; charset=${charset}`, body))).toBe("Olá, ação");
  });

  test("that is no UTF-8 and does not say what it is, is refused", async () => {
    const { status, body } = await send("application/json", Buffer.from(JSON.stringify({ to, text: "Olá" }), "latin1"));
    expect([status, body]).toEqual([400, expect.stringContaining("UTF-8")]);
  });

  test.each([
    ["", "Ol%C3%A1+%7B%22a%22%3A1%7D", 'Olá {"a":1}'],
    ["; charset=iso-8859-1", "Ol%E1+100%+a%3Db", "Olá 100% a=b"],
    ["; charset=shift_jis", "%83A%83%7b", "アボ"],
  ])("in the words of an address%s is read by its escapes", async (charset, text, words) => {
    expect(await arrived(await send(`application/x-www-form-urlencoded${charset}`, `to=${to}&text=${text}`))).toBe(
      words,
    );
  });

  test("in the words of an address whose escapes are no UTF-8 is refused", async () => {
    const { status, body } = await send("application/x-www-form-urlencoded", `to=${to}&text=Ol%E1`);
    expect([status, body]).toEqual([400, expect.stringContaining("UTF-8")]);
  });

  test.each(["text/plain", "text/plain;charset=UTF-8", "application/octet-stream"])(
    "of JSON that says it is %s is refused with what to send",
    async (type) => {
      const { status, body } = await send(type, JSON.stringify({ to, text: "x" }));
      expect([status, body]).toEqual([400, expect.stringContaining("the header content-type: application/json")]);
    },
  );

  test("that is packed is refused", async () => {
    const head = ["POST /v1/devices/default/messages HTTP/1.1", "host: x", "content-type: application/json"];
    const packed = Bun.gzipSync(JSON.stringify({ to, text: "x" }));
    const { status, body } = await raw([...head, "content-encoding: gzip"], packed);
    expect([status, body]).toEqual([400, expect.stringContaining("Content-Encoding: gzip")]);
  });

  test("in an unknown charset is refused", async () => {
    const { status, body } = await send("application/json; charset=klingon", JSON.stringify({ to, text: "x" }));
    expect([status, body]).toEqual([400, expect.stringContaining("klingon")]);
  });
});

describe("a form", () => {
  const form = (type: string, ...fields: readonly (readonly [head: string, value: Uint8Array | string])[]) => {
    const parts = fields.map(([head, value]) =>
      Buffer.concat([Buffer.from(`--b\r\n${head}\r\n\r\n`), Buffer.from(value), Buffer.from("\r\n")]),
    );
    return send(type, Buffer.concat([...parts, Buffer.from("--b--\r\n")]));
  };
  const file = ['content-disposition: form-data; name="file"; filename="a.txt"', "words"] as const;
  const whom = ['content-disposition: form-data; name="to"', to] as const;

  test.each(['{"a":1}', "[1,2]", "123", "true", "null", '"quoted"'])(
    "with the caption %s keeps it as text",
    async (caption) => {
      const field = ['content-disposition: form-data; name="caption"', caption] as const;
      const answer = await form("multipart/form-data; boundary=b", whom, field, file);
      const { data } = JSON.parse(answer.body) as { data: { content: { caption: string } } };
      expect(data.content.caption).toBe(caption);
    },
  );

  test.each([
    ["Multipart/Form-Data; boundary=b", "content-disposition: form-data; name=to"],
    ["multipart/form-data; boundary=b", "Content-Disposition: form-data; name=to"],
    ["multipart/form-data; boundary=b", "Content-Type: text/plain\r\nContent-Disposition: form-data; name=to"],
  ])("with a name without quotes (%s) is read", async (type, head) => {
    const answer = await form(type, [head, to], ["content-disposition: form-data; name=file; filename=a.txt", "words"]);
    expect([answer.status, answer.body]).toEqual([202, expect.stringContaining('"name":"a.txt"')]);
  });

  test("with a field that names its charset is converted", async () => {
    const head = "content-disposition: form-data; name=text\r\ncontent-type: text/plain; charset=ISO-8859-1";
    const answer = await form("multipart/form-data; boundary=b", whom, [head, Buffer.from("Olá", "latin1")]);
    expect(await arrived(answer)).toBe("Olá");
  });

  test("with a file's name in Latin-1 is read", async () => {
    const head = Buffer.from('content-disposition: form-data; name="file"; filename="M\xe4rz.txt"', "latin1");
    const parts = [`--b\r\n${whom[0]}\r\n\r\n${to}\r\n--b\r\n`, head, "\r\n\r\nwords\r\n--b--\r\n"];
    const answer = await send("multipart/form-data; boundary=b", Buffer.concat(parts.map((part) => Buffer.from(part))));
    expect([answer.status, answer.body]).toEqual([202, expect.stringContaining('"name":"März.txt"')]);
  });

  test.each(["base64", "quoted-printable"])("with a field in %s is refused", async (coding) => {
    const head = `content-disposition: form-data; name="text"\r\ncontent-transfer-encoding: ${coding}`;
    const answer = await form("multipart/form-data; boundary=b", whom, [head, "T2zDoQ=="]);
    expect([answer.status, answer.body]).toEqual([
      400,
      expect.stringContaining(`Content-Transfer-Encoding: ${coding}`),
    ]);
  });

  test("with an input in which no file was chosen has none", async () => {
    const none = ['content-disposition: form-data; name="file"; filename=""\r\ncontent-type: a/b', ""] as const;
    const text = ['content-disposition: form-data; name="text"', "words"] as const;
    expect(await arrived(await form("multipart/form-data; boundary=b", whom, text, none))).toBe("words");
  });

  test("with a field called __proto__ is refused by its name", async () => {
    const stray = ['content-disposition: form-data; name="__proto__"', "x"] as const;
    const text = ['content-disposition: form-data; name="text"', "words"] as const;
    const answer = await form("multipart/form-data; boundary=b", whom, text, stray);
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining("__proto__")]);
  });

  test("with a field that is no UTF-8 is refused", async () => {
    const field = ['content-disposition: form-data; name="caption"', Buffer.from("Olá", "latin1")] as const;
    const answer = await form("multipart/form-data; boundary=b", whom, field, file);
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining("UTF-8")]);
  });

  test("with a file that holds anything keeps it", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    const answer = await form("multipart/form-data; boundary=b", whom, [file[0], bytes]);
    const { data } = JSON.parse(answer.body) as { data: { id: string } };
    const heard = await bot.contact().hears(({ id }) => id === data.id);
    expect(bot.contact().opens(heard).equals(bytes)).toBe(true);
  });
});

test.each([
  ["/v1/devices/default/messages", { to: { toString: 1 }, text: "a" }, "to"],
  ["/v1/devices/default/messages", { to, text: { toString: 1 } }, "text"],
  ["/v1/devices/default/messages", { to, content: { kind: { toString: 1 } } }, "content.kind"],
  ["/v1/webhooks", { url: { toString: null } }, "url"],
  ["/v1/admin/keys", { name: { valueOf: 1, toString: 1 }, scopes: ["read"] }, "name"],
  ["/v1/devices/default/contacts/check", { phones: [{ toString: "a" }] }, "phones.0"],
  ["/api/send", { to: { toString: 1 }, message: "a" }, "to"],
])("JSON at %s that says it is no text is refused by its field: %j", async (path, body, field) => {
  const answer = await bot.call("POST", path, body);
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { error: string }).error).toStartWith(`"${field}" takes `);
});
