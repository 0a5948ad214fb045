import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { boundaryOf, parametersOf, partsOfForm } from "../../src/server/multipart.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";

/** A form cut into pieces of so many bytes. */
async function* cut(form: string, length: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(form, "latin1");
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function read(form: string, length = form.length): Promise<(string | null)[][]> {
  const found: (string | null)[][] = [];
  for await (const { name, file, type, bytes } of partsOfForm(cut(form, length), "b")) {
    const all: Uint8Array[] = [];
    for await (const piece of bytes) all.push(piece);
    found.push([name, file, type, Buffer.concat(all).toString("latin1")]);
  }
  return found;
}

const part = (head: string, body: string) => `--b\r\n${head}\r\n\r\n${body}\r\n`;
const field = (disposition: string, body = "words") => part(`Content-Disposition: form-data; ${disposition}`, body);
const end = "--b--\r\n";

describe("a form as it comes", () => {
  const tricky = "\r\n--\r\n\r\n--a\r\n-b--b\r";
  const form = `before\r\n${field("name=to", "628")}${part('content-disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain', tricky)}${field('name="empty"', "")}${end}behind`;

  test.each([1, 2, 3, 7, 64, 10_000])("is read in pieces of %d bytes", async (length) => {
    expect(await read(form, length)).toEqual([
      ["to", null, "", "628"],
      ["file", "a.txt", "text/plain", tricky],
      ["empty", null, "", ""],
    ]);
  });

  test.each([
    ["nothing", ""],
    ["no end", field("name=a")],
    ["half a boundary at its end", field("name=a").slice(0, -2)],
    ["half a head", "--b\r\nContent-Dispo"],
    ["another boundary", `--c\r\n${field("name=a").slice(5)}--c--\r\n`],
    ["a head without end", `--b\r\n${"a".repeat(9_000)}\r\n\r\nwords\r\n${end}`],
    ["a line behind the boundary without end", `--b${" ".repeat(300)}\r\n\r\n\r\nwords\r\n${end}`],
  ])("with %s is refused", async (_, broken) => {
    await expect(read(broken, 5)).rejects.toMatchObject({ code: "invalid" });
  });

  test.each([
    ["file; filename*=UTF-8''r%C3%A9sum%C3%A9.txt", "résumé.txt"],
    ["file; filename*=utf-8''%e2%82%ac%20rates.txt", "€ rates.txt"],
    ["\"file\"; filename=plain.txt; filename*=UTF-8''other.txt", "plain.txt"],
    ["file; filename*=klingon''a.txt", ""],
  ])("a file named by %s", async (disposition, name) => {
    expect(await read(`${field(`name=${disposition}`)}${end}`)).toEqual([["file", name, "", "words"]]);
  });

  test("what is no field is left out", async () => {
    const odd = `${part("X-Other: a", "x")}${part("Content-Disposition: form-data", "y")}${field("name=a")}${end}`;
    expect(await read(odd)).toEqual([["a", null, "", "words"]]);
  });

  test.each([
    ['form-data; name="a"; filename="b.txt"', { name: "a", filename: "b.txt" }],
    ["form-data; name=a; filename=b c.txt", { name: "a", filename: "b c.txt" }],
    ['form-data; NAME = "a;b"; filename=""', { name: "a;b", filename: "" }],
    ['form-data; name="a"; filename="C:\\x\\y.txt"', { name: "a", filename: "C:\\x\\y.txt" }],
    ['form-data; name="a \\"b\\" c"', { name: 'a "b" c' }],
    ['form-data; filename="x; name=y"; name=z', { filename: "x; name=y", name: "z" }],
    ['form-data; name="a', { name: "a" }],
    ["form-data", {}],
  ])("the parameters of %s", (header, expected) => {
    expect(Object.fromEntries(parametersOf(header))).toEqual(expected as Record<string, string>);
  });

  test.each([
    ["multipart/form-data; boundary=b", "b"],
    ['multipart/form-data; charset=utf-8; boundary="a b"', "a b"],
    ["multipart/form-data", null],
    [`multipart/form-data; boundary="${"b".repeat(71)}"`, null],
  ])("the boundary of %s", (type, expected) => expect(boundaryOf(type)).toBe(expected));
});

describe("a form's file", () => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startBot({ env: { MEDIA_MAX_MB: "2" } });
    await bot.link();
  });
  afterAll(() => bot[Symbol.asyncDispose]());

  const path = "/v1/devices/default/messages";
  const uploads = () => (existsSync(join(bot.folder, "uploads")) ? readdirSync(join(bot.folder, "uploads")) : []);
  const post = async (form: FormData, to = path) => {
    const answer = await fetch(`${bot.url}${to}`, { method: "POST", headers: { "x-api-key": adminKey }, body: form });
    return { status: answer.status, body: (await answer.json()) as { error?: string; data?: Record<string, unknown> } };
  };
  const fields = (...files: readonly (readonly [string, string | Blob])[]) => {
    const form = new FormData();
    for (const [name, value] of files) form.append(name, value);
    return form;
  };

  test("goes to the disk as it comes, and is gone when the call is over", async () => {
    const { port } = new URL(bot.url);
    const sockets: Socket[] = [];
    const head = ["content-type: multipart/form-data; boundary=b", `x-api-key: ${adminKey}`, "content-length: 2000000"];
    const file = '--b\r\ncontent-disposition: form-data; name=file; filename="a.txt"\r\n\r\n';
    for (let upload = 0; upload < 20; upload++) {
      const socket = connect(Number(port), "127.0.0.1");
      socket.write([`POST ${path} HTTP/1.1`, "host: a", ...head, "", file].join("\r\n") + "a".repeat(100_000));
      sockets.push(socket);
    }
    const sizes = () => uploads().map((name) => statSync(join(bot.folder, "uploads", name)).size);
    // Each answer is a turn of the server's loop; the test's own timeout ends it.
    const until = async (holds: () => boolean) => {
      while (!holds()) await (await fetch(`${bot.url}/health`)).text();
    };
    await until(() => sizes().length === 20 && sizes().every((size) => size > 90_000));
    for (const socket of sockets) socket.destroy();
    await until(() => uploads().length === 0);
  });

  test("is sent, and nothing of it is left beside", async () => {
    const bytes = Buffer.alloc(1_500_000, "words of a file ");
    const sent = await post(
      fields(["to", "628123456789"], ["file", new File([bytes], "a.txt", { type: "text/plain" })]),
    );
    expect(sent).toMatchObject({ status: 202, body: { data: { content: { name: "a.txt", size: bytes.length } } } });
    const heard = await bot.contact().hears(({ id }) => id === sent.body.data?.["id"]);
    expect(bot.contact().opens(heard).equals(bytes)).toBe(true);
    expect(uploads()).toEqual([]);
  });

  test("that is too large, or one of too many fields, or beside too much text, is refused and leaves nothing", async () => {
    const file = ["file", new File([new Uint8Array(2 * 2 ** 20 + 1)], "a.bin")] as const;
    const many = Array.from({ length: 100 }, (_, at) => [`field${at}`, "a"] as const);
    const small = ["file", new File(["words"], "a.txt")] as const;
    for (const [form, sentence] of [
      [fields(["to", "628123456789"], file), "larger than 2 MB"],
      [fields(small, ...many), "more than 100 fields"],
      [fields(small, ["to", "a".repeat(2 ** 20 + 1)]), "text is longer than 1048576 bytes"],
    ] as const)
      for (const to of [path, "/v1/devices/default/media"])
        expect([to, await post(form, to)]).toMatchObject([
          to,
          { status: 413, body: { error: expect.stringContaining(sentence) } },
        ]);
    expect(uploads()).toEqual([]);
  });

  test("that does not come whole is refused", async () => {
    const body = '--b\r\ncontent-disposition: form-data; name=file; filename="a.txt"\r\n\r\nwords';
    const headers = { "x-api-key": adminKey, "content-type": "multipart/form-data; boundary=b" };
    for (const to of [path, "/v1/devices/default/media"]) {
      const answer = await fetch(`${bot.url}${to}`, { method: "POST", headers, body });
      expect([to, answer.status, await answer.text()]).toEqual([to, 400, expect.stringContaining("not a whole form")]);
    }
    expect(uploads()).toEqual([]);
  });

  test("that a crash left is gone after the start", async () => {
    await Bun.write(join(bot.folder, "uploads", "left"), "words");
    await bot.restart();
    expect(uploads()).toEqual([]);
  });
});
