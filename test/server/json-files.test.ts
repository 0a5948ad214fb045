import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonBudget } from "../../src/server/json-budget.ts";
import { besideFiles, JsonFiles } from "../../src/server/json-files.ts";
import { Spool } from "../../src/server/spool.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";

const file = Buffer.from(Array.from({ length: 90_000 }, (_, at) => (at * 7919) % 253));
const plain = file.toString("base64");

async function* cut(text: string, at: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (const [place, from] of [0, ...at].entries()) yield bytes.subarray(from, at[place] ?? bytes.length);
}

/** What is left of a body that is cut there, and the files in it by their word. */
async function read(text: string, at: readonly number[] = []) {
  const folder = mkdtempSync(join(tmpdir(), "merpati-spool-"));
  const cleanUps: (() => void)[] = [];
  try {
    const json = new JsonFiles({
      budget: new JsonBudget(1_000),
      most: besideFiles,
      spool: new Spool(folder),
      later: (work) => cleanUps.push(work),
    });
    const rest = Buffer.concat(await json.without(cut(text, at))).toString();
    const files: Record<string, Buffer | string> = {};
    for (const [word, one] of json.files)
      files[word] = "failure" in one ? one.failure.message : Buffer.concat(await Array.fromAsync(one.upload.bytes));
    return {
      rest,
      files,
      headers: [...json.files.values()].map((one) => ("upload" in one ? one.upload.header : null)),
    };
  } finally {
    for (const cleanUp of cleanUps) cleanUp();
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The one file of a body, and where it stood. */
async function one(text: string, at: readonly number[] = []) {
  const { rest, files } = await read(text, at);
  const [[word, bytes] = []] = Object.entries(files);
  return { body: JSON.parse(rest) as unknown, word, bytes };
}

describe("base64 in a JSON body goes to the disk as it comes", () => {
  const begin = '{"to":"628","content":{"kind":"document","base64":"';
  const body = `${begin}${plain}","name":"a \\"base64\\": b"}}`;
  const end = begin.length + plain.length;

  test.each([
    ["whole", []],
    ["behind the quote", [begin.length]],
    ["in the field's name", [begin.length - 6, begin.length - 4]],
    ["before its colon and behind it", [begin.length - 2, begin.length - 1]],
    ["within four characters", [begin.length + 1, begin.length + 70_001, begin.length + 70_002]],
    ["before its end", [end - 1, end]],
    ["in pieces of 1,000", Array.from({ length: Math.floor(body.length / 1_000) }, (_, at) => (at + 1) * 1_000)],
  ])("%s", async (_, at) => {
    const { body: rest, word, bytes } = await one(body, at);
    expect(rest).toEqual({ to: "628", content: { kind: "document", base64: word, name: 'a "base64": b' } });
    expect(Buffer.compare(bytes as Buffer, file)).toBe(0);
  });

  test.each([
    ["slashes as PHP escapes them", plain.replaceAll("/", "\\/")],
    ["a plus as .NET escapes it", plain.replaceAll("+", "\\u002B")],
    ["lines", plain.replace(/.{76}/g, "$&\\r\\n")],
    ["the other alphabet, without its end", file.toString("base64url")],
    ["a prefix", `data:text\\/plain;base64,${plain}`],
  ])("with %s, wherever it is cut", async (_, text) => {
    for (const at of [1, 2, 3, 4, 5, 6, 7].map((more) => begin.length + 70_000 + more)) {
      const { bytes } = await one(`${begin}${text}"}}`, [at]);
      expect(Buffer.compare(bytes as Buffer, file)).toBe(0);
    }
  });

  test("the prefix says what it is", async () => {
    expect((await read(`${begin}data:text/csv;charset=utf-8;base64,${plain}"}}`, [begin.length + 4])).headers).toEqual([
      "text/csv;charset=utf-8",
    ]);
  });

  test("each of several, with white space around the colon", async () => {
    const { rest, files } = await read(`{"files":[{"base64" :\n "${plain}"},{"base64":"${plain}"},{"base64":"AAAA"}]}`);
    expect(JSON.parse(rest)).toEqual({ files: [...Object.keys(files), "AAAA"].map((base64) => ({ base64 })) });
    expect(Object.values(files).map((bytes) => Buffer.compare(bytes as Buffer, file))).toEqual([0, 0]);
  });

  test.each([
    ["another field", `{"text":"${plain}"}`],
    ["a name that only ends so", `{"a\\"base64":"${plain}"}`],
    ["a name", `{"base64":1,"${plain}":2}`],
    ["one of a list", `{"base64":["${plain}"]}`],
    ["a text that speaks of it", `["\\"base64\\":\\"${plain}"]`],
    ["a short one", `{"base64":"${plain.slice(0, 65_535)}"}`],
  ])("%s stays where it stands", async (_, text) => {
    for (const at of [[], [8], [15, 40_000]])
      expect(await read(text, at)).toEqual({ rest: text, files: {}, headers: [] });
  });

  test.each([
    ["two ends", `${plain.slice(0, 70_000)}==AAAA`],
    ["both alphabets", `${"A".repeat(70_000)}-${"A".repeat(70_000)}+AA`],
    ["another character", `${plain}é`],
    ["one character too many", "A".repeat(80_001)],
  ])("with %s it is refused where its field is known", async (_, text) => {
    expect(Object.values((await read(`${begin}${text}"}}`, [begin.length + 69_999])).files)).toEqual([
      "it is no base64, or not the whole of it.",
    ]);
  });

  test.each([
    ["a line that is not escaped", `${plain}\n`],
    ["an escape that is none", `${plain}\\x`],
  ])("%s is no JSON", async (_, text) => {
    await expect(read(`${begin}${text}"}}`)).rejects.toThrow("The body is not valid JSON.");
  });

  test("what has no end is no JSON", async () => {
    const { rest } = await read(`${begin}${plain}`);
    expect(() => JSON.parse(rest)).toThrow();
  });

  test("what stands beside files has its own limit", async () => {
    const most = besideFiles;
    const around = (length: number) => `{"text":"${"a".repeat(length - '{"text":""}'.length)}"}`;
    expect((await read(around(most))).rest.length).toBe(most);
    await expect(read(around(most + 1))).rejects.toThrow("The body has more than 2 MB beside its files");
  });
});

describe("a file in base64 through the API", () => {
  let bot: TestBot;
  const path = "/v1/devices/default/messages";
  const to = "628123456789";

  beforeAll(async () => {
    bot = await startBot();
    await bot.link();
  });
  afterAll(() => bot[Symbol.asyncDispose]());

  const post = async (body: string, headers: Record<string, string> = {}) => {
    const given = { "x-api-key": adminKey, "content-type": "application/json", ...headers };
    const answer = await fetch(`${bot.url}${path}`, { method: "POST", headers: given, body });
    const { data, error, code } = (await answer.json()) as { data?: { id: string }; error?: string; code?: string };
    return { status: answer.status, id: data?.id, error, code };
  };
  const sent = (content: object, headers = {}) => post(JSON.stringify({ to, content }), headers);
  const left = () => readdirSync(join(bot.folder, "uploads"));

  test("is sent as it is, with the type that is said, and nothing of it is left on the way", async () => {
    const { id } = await post(
      `{"to":"${to}","content":{"kind":"document","name":"a.bin","mime":"text/x-own","base64":"${plain.replaceAll("/", "\\/")}"}}`,
    );
    const heard = await bot.contact().hears((each) => each.id === id);
    expect(heard.message.documentMessage).toMatchObject({ fileName: "a.bin", mimetype: "text/x-own" });
    expect(Buffer.compare(bot.contact().opens(heard), file)).toBe(0);
    expect(left()).toEqual([]);
  });

  test("called again with its key it is the same message, and another file is not", async () => {
    const headers = { "idempotency-key": "once" };
    const content = { kind: "document", base64: plain, name: "b.bin" };
    const first = await sent(content, headers);
    expect([first.status, await sent(content, headers)]).toEqual([202, first]);
    expect(await sent({ ...content, base64: `AAAA${plain}` }, headers)).toMatchObject({ status: 409 });
  });

  test.each([
    ["no base64", { kind: "document", base64: `${plain}=A` }, '"content.base64": it is no base64'],
    ["two sources", { kind: "document", base64: plain, url: "https://a.example/" }, '"content" takes one of'],
    ["a field that its kind has not", { kind: "text", text: "a", base64: plain }, '"content.base64" is not a field'],
    ["a type that is none", { kind: "document", base64: plain, mime: "a\r\nb: c" }, '"content.mime" takes'],
    ["no picture", { kind: "image", base64: plain }, "an image takes"],
    [
      "an album with what is none",
      { kind: "album", files: [0, 1].map(() => ({ kind: "image", base64: plain })) },
      "an image takes",
    ],
    [
      "a card's picture that is no base64",
      {
        kind: "text",
        text: "https://a.example/",
        preview: { url: "https://a.example/", image: { base64: `${plain}=A` } },
      },
      '"content.preview.image.base64": it is no base64',
    ],
  ])("%s is refused by its name", async (_, content, sentence) => {
    expect(await sent(content)).toMatchObject({ status: 400, error: expect.stringContaining(sentence) });
    expect(left()).toEqual([]);
  });

  test("a bulk sends it to everybody, and names the message whose file is none", async () => {
    const bulk = async (body: object) => {
      const answer = await bot.call("POST", "/v1/devices/default/bulk", body);
      return { status: answer.status, ...((await answer.json()) as { data?: { bulk_id: string }; error?: string }) };
    };
    const content = { kind: "document", base64: `DDDD${plain}`, name: "d.bin" };
    const { data } = await bulk({ to: [to, "628999000111"], content });
    const page = await bot.call("GET", `/v1/devices/default/bulk/${data?.bulk_id}/messages`);
    const { data: made } = (await page.json()) as { data: { content: { media_id: string; size: number } }[] };
    expect(made.map((each) => each.content.size)).toEqual([file.length + 3, file.length + 3]);
    expect(new Set(made.map((each) => each.content.media_id)).size).toBe(1);
    const broken = { ...content, base64: `${plain}=A` };
    expect(
      await bulk({
        messages: [
          { to, content },
          { to: "628999000111", content: broken },
        ],
      }),
    ).toMatchObject({
      status: 400,
      error: expect.stringContaining('"messages.1.content.base64": it is no base64'),
    });
    expect(await bulk({ to: [to], content: broken })).toMatchObject({
      status: 400,
      error: expect.stringContaining('"content.base64": it is no base64'),
    });
    expect(left()).toEqual([]);
  });

  test("what is beside a refused file is refused first, and nothing is kept", async () => {
    const files = () => readdirSync(join(bot.folder, "media"), { recursive: true }).length;
    const before = files();
    expect(await sent({ kind: "document", base64: `CCCC${plain}`, captoin: "x" })).toMatchObject({ status: 400 });
    expect(
      await post(JSON.stringify({ to, contents: 1, content: { kind: "document", base64: `CCCC${plain}` } })),
    ).toMatchObject({
      status: 400,
      error: expect.stringContaining('"contents"'),
    });
    expect(files()).toBe(before);
  });
});
