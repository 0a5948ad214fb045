import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { csvTableOf } from "../../src/core/sending/bulk/csv-table.ts";
import { adminKey, type TestBot } from "../harness.ts";
import { strangers, world } from "./world.ts";

let bot: TestBot;
const path = "/v1/devices/default/bulk/csv";
const [a = "", b = "", c = ""] = strangers(3);

beforeAll(async () => {
  [bot] = await world();
  for (const number of [a, b, c]) bot.contact(number, "Stranger");
});
afterAll(() => bot[Symbol.asyncDispose]());

interface Answer {
  status: number;
  success: boolean;
  error: string;
  code: string;
  rows?: { field: string; error: string }[];
  data: {
    bulk_id: string;
    total: number;
    rows: { row: number; to: string; content: object; send_at: number | null }[];
    refused: { field: string; error: string }[];
  };
}

const told = async (response: Response) =>
  ({ status: response.status, ...((await response.json()) as object) }) as Answer;

async function post(
  table: string | Uint8Array,
  options: Record<string, string> = {},
  type = "text/csv",
): Promise<Answer> {
  const headers = { "x-api-key": adminKey, "content-type": type };
  const body = typeof table === "string" ? table : new Uint8Array(table);
  return told(await fetch(`${bot.url}${path}?${new URLSearchParams(options)}`, { method: "POST", headers, body }));
}

async function byForm(table: string, fields: Record<string, string> = {}): Promise<Answer> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set("file", new File([table], "people.csv", { type: "text/csv" }));
  return told(await fetch(`${bot.url}${path}`, { method: "POST", headers: { "x-api-key": adminKey }, body }));
}

const queued = async () => (await bot.device.outbox.list({ limit: 500 })).messages.length;

describe("a table", () => {
  test.each<[string, string, unknown]>([
    ["commas and quotes", 'to,text\n1,"a, ""b""\nc"\n', [["1", 'a, "b"\nc']]],
    [
      "semicolons, a mark before and carriage returns",
      "\ufeffto;text\r\n1;a,b\r\n\r\n2;c\r\n",
      [
        ["1", "a,b"],
        ["2", "c"],
      ],
    ],
    [
      "tabs, and no line break behind the last row",
      "to\ttext\n1\ta\n2\t",
      [
        ["1", "a"],
        ["2", ""],
      ],
    ],
    ["a row of another length", "to,text\n1\n2,a\n", [null, ["2", "a"]]],
  ])("is read: %s", async (_, text, rows) => {
    const table = await csvTableOf(text);
    expect(table.columns).toEqual(["to", "text"]);
    expect(table.rows.map(({ cells }): unknown => cells)).toEqual(rows as never);
  });

  test.each<[string, string]>([
    ["", "a header and at least one row"],
    ["to,text\n", "a header and at least one row"],
    ["to,\n1,2\n", "names of 1 to 60 characters"],
    ["to,To\n1,2\n", 'two columns "To"'],
    ['to,text\n1,"open\n2,a\n', '"row.2" opens a quote'],
    ['to,text\n1,"a"b\n', '"row.2" has something behind'],
    [`to\n${"1\n".repeat(10_001)}`, "up to 10000 rows"],
    [`${Array.from({ length: 51 }, (_unused, place) => `c${place}`).join(",")}\n1\n`, "up to 50 columns"],
  ])("%p is none", async (text, sentence) => {
    const refused = await csvTableOf(text).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "invalid", message: expect.stringContaining(sentence) as string });
  });
});

test("a message for each row, by template, with results as a table", async () => {
  const table = `to,Nama,Paket\n+${a},Ann,17\n${b},"Budi, S.",18\n`;
  const made = await post(table, { text: "Dear {{ nama }}, your parcel {{Paket}} is here." });
  expect(made).toMatchObject({ status: 202, data: { total: 2 } });
  await bot.contact(a, "Stranger").hears("Dear Ann, your parcel 17 is here.");
  await bot.contact(b, "Stranger").hears("Dear Budi, S., your parcel 18 is here.");
  await bot.next("bulk.done", ({ data }) => data.bulk_id === made.data.bulk_id);
  const results = await bot.call("GET", `/v1/devices/default/bulk/${made.data.bulk_id}/csv`);
  expect(results.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  const { columns, rows } = await csvTableOf(await results.text());
  expect(columns).toEqual(["number", "to", "message_id", "id", "status", "reason", "error", "created_at", "sent_at"]);
  expect(rows.map(({ cells }) => cells?.slice(0, 2))).toEqual([
    ["1", `${a}@s.whatsapp.net`],
    ["2", `${b}@s.whatsapp.net`],
  ]);
  expect(rows.every(({ cells }) => ["sent", "delivered"].includes(cells?.[4] ?? ""))).toBe(true);
  expect((await bot.call("GET", "/v1/devices/default/bulk/none/csv")).status).toBe(404);
});

test("a form, with a text in each row", async () => {
  const made = await byForm(`to;text;name\n${c};Halo {{name}};Citra\n`, { interval: "5", max_wait: "600" });
  expect(made).toMatchObject({ status: 202, data: { total: 1 } });
  await bot.contact(c, "Stranger").hears("Halo Citra");
});

test("a preview shows the first rows and every bad one, and sends nothing", async () => {
  const before = await queued();
  const many = strangers(80).slice(3);
  const rows = many.map((number, place) => `${place < 60 ? "x" : number},${place}`);
  const answer = await post(`to,no\n${rows.join("\n")}\n${many.at(-1)},twice\n${a},\n`, {
    text: "No. {{no}}",
    preview: "true",
  });
  expect(answer).toMatchObject({ status: 200, data: { total: 79 } });
  expect(answer.data.rows).toHaveLength(10);
  const [first = ""] = many.slice(60);
  const content = { kind: "text", text: "No. 60" };
  expect(answer.data.rows[0]).toEqual({ row: 62, to: `${first}@s.whatsapp.net`, content, send_at: null });
  expect(answer.data.refused).toHaveLength(62);
  expect(answer.data.refused.at(0)?.field).toBe("row.2.to");
  expect(answer.data.refused.slice(-2).map(({ error }) => error)).toEqual([
    '"row.79.to" is the same as "row.78.to": name everybody once.',
    '"row.80.no" is empty, and the text says it.',
  ]);
  expect(await queued()).toBe(before);
});

describe("is refused, and nothing queued", () => {
  const row = `to,name\n${a},Ann\n`;
  test.each<[string, string, Record<string, string>, number?]>([
    ["no column to", "number\n628\n", { text: "hi" }],
    ['"text" says {{nmae}}, but the columns are to, name', row, { text: "Dear {{nmae}}" }],
    ['a column "txet" that nothing reads (did you mean "text"?)', `to,txet\n${a},hi\n`, { caption: "x" }],
    ['"text" is a column of the table too', `to,text\n${a},hi\n`, { text: "hi" }],
    ['"row.2.text" is missing', `to\n${a}\n`, {}],
    ['"row.2.text" does not go with "kind"', row, { text: "{{name}}", kind: "image" }],
    ['"row.2.name" is empty', `to,name\n${a}, \n`, { text: "{{name}}" }],
    ['"row.2" has another number of cells', `to,name\n${a}\n`, { text: "{{name}}" }],
    ['"row.2.send_at" takes a whole number', `to,send_at\n${a},soon\n`, { text: "hi" }],
    ['"row.2.media_id" names no file', `to,kind,media_id\n${a},image,none\n`, {}],
    ['"interval" takes seconds between', row, { text: "{{name}}", interval: "0" }],
    ['"preview" takes true', row, { text: "{{name}}", preview: "yes" }],
    ['"txet" is not a parameter here', row, { txet: "hi" }],
    ['"row.3.to" is the same as "row.2.to"', `to\n${a}\n+${a}\n`, { text: "hi" }],
  ])("%s", async (sentence, table, options) => {
    const before = await queued();
    const answer = await post(table, options);
    expect([answer.status >= 400 && answer.status < 500, answer.error]).toEqual([
      true,
      expect.stringContaining(sentence.replace("no column to", 'needs a column "to"')),
    ]);
    expect(await queued()).toBe(before);
  });

  test("up to fifty rows are named in one answer", async () => {
    const answer = await post(`to\n${"x\n".repeat(60)}`, { text: "hi" });
    expect([answer.status, answer.rows?.length]).toEqual([400, 50]);
  });

  test("a field of the form that is none, a table that is no file, and no table", async () => {
    expect((await byForm(row, { txet: "hi" })).error).toContain('"txet" is not a field here');
    const headers = { "x-api-key": adminKey };
    const body = new FormData();
    body.set("file", row);
    const text = await told(await fetch(`${bot.url}${path}`, { method: "POST", headers, body }));
    expect(text.error).toContain('"file" is missing');
    expect((await post("{}", {}, "application/json")).error).toContain("content-type: text/csv");
  });

  test("bytes that are no text, and a table that is too large", async () => {
    const latin = Buffer.from(`to,name\n${a},José\n`, "latin1");
    expect((await post(latin, { text: "{{name}}" })).error).toContain("not valid UTF-8");
    const read = await post(latin, { text: "{{name}}", preview: "true" }, "text/csv; charset=iso-8859-1");
    expect(read.data.rows[0]?.content).toEqual({ kind: "text", text: "José" });
    const large = await post(`to\n${a}\n${"x".repeat(8 * 2 ** 20)}`, { text: "hi" });
    expect([large.status, large.code]).toEqual([413, "too_large"]);
  });
});

test("an Idempotency-Key makes a repeated table the same bulk", async () => {
  const headers = { "x-api-key": adminKey, "content-type": "text/csv", "idempotency-key": "table-1" };
  const send = async () =>
    told(await fetch(`${bot.url}${path}?text=once`, { method: "POST", headers, body: `to\n${a}\n` }));
  const [first, again] = [await send(), await send()];
  expect([first.status, again.data.bulk_id]).toEqual([202, first.data.bulk_id]);
});
