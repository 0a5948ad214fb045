import { type TOptional, type TString, Type } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { type Static, t } from "elysia";
import { breathe } from "../../core/base/breathe.ts";
import { Failure } from "../../core/base/failure.ts";
import type { Message } from "../../core/model/message/message.ts";
import type { BulkMessageQuery, BulkPage } from "../../core/ports/bulk.ts";
import type { BulkCheck } from "../../core/sending/bulk/bulk-service.ts";
import { csvTableOf } from "../../core/sending/bulk/csv-table.ts";
import { mergedBulk } from "../../core/sending/bulk/mail-merge.ts";
import * as docs from "../docs/v1-bulk-csv.ts";
import { needFields } from "../exact.ts";
import { routes } from "../face.ts";
import { invalidRequest } from "../failures.ts";
import { isForm, parseForm, readForm, unparsed } from "../form.ts";
import { bulkBody } from "./bulk.ts";
import { optionsIn } from "./draft.ts";

const whole = (least: number, most: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: least, maximum: most, description }));
const words = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 65_536, description }));

/** Beside the table, as parameters or as fields of the form. */
const merge = Type.Object({
  text: words("the text of every row; {{name}} is the row's cell below that name"),
  caption: words("what stands below the file of every row; {{name}} as in a text"),
  kind: words("the kind of file that every row gets, as image or document"),
  url: words("where the file of every row is fetched"),
  media_id: words("the file of every row, uploaded before"),
  interval: whole(1, 86_400, "seconds between two of them, 1 to 86400"),
  send_at: whole(1, 253_402_300_799, "Unix seconds, up to 365 days ahead: when it is to leave"),
  max_wait: whole(1, 2_592_000, "seconds, 1 to 2592000, within which each must leave"),
  preview: Type.Optional(Type.Boolean({ description: "true to see what would be sent, and to send nothing" })),
});
const isMerge = TypeCompiler.Compile(merge);

/** Rows that a preview shows. */
const shown = 10;

/** `/v1/devices/:id/bulk/csv`: a message for each row of a table. */
export const bulkCsv = () =>
  routes("/v1/devices/:id/bulk", "bulk")
    .post(
      "/csv",
      async ({ workspace, params, request, query, headers, status: answer }) => {
        const { file, ...given } = await broughtTable(request, query);
        const { preview, ...options } = checked(given);
        const { bulk } = workspace.device(params.id);
        const asked = await mergedBulk(await csvTableOf(file), options);
        if (preview) return answer(200, { success: true, data: previewOf(await bulk.check(asked)) });
        return answer(202, { success: true, data: bulkBody(await bulk.send(asked, optionsIn(headers))) });
      },
      // Checked by `checked`: in a form they are fields.
      { parse: unparsed, query: t.Object(asText(merge.properties)), ...docs.send(merge.properties) },
    )
    .get(
      "/:bulk/csv",
      async ({ workspace, params }) => {
        const { bulk } = workspace.device(params.id);
        const page = (query: BulkMessageQuery) => bulk.messages(params.bulk, query);
        const results = await resultsOf(page);
        return new Response(results, {
          headers: {
            "content-type": "text/csv; charset=utf-8",
            "content-disposition": `attachment; filename="bulk-${params.bulk}.csv"`,
          },
        });
      },
      docs.results,
    );

type Text = TOptional<TString>;

/** The same parameters before they are read: text, whatever they hold. */
function asText<T extends Record<string, { description?: string }>>(fields: T): Record<keyof T, Text> {
  const all = Object.entries(fields).map(([name, { description = "", ...openapi }]) => [
    name,
    t.Optional(t.String({ description, openapi })),
  ]);
  return Object.fromEntries(all) as Record<keyof T, Text>;
}

/** The table of a request, and what stands beside it: the body itself, or the form part named `file`. Throws `invalid`. */
async function broughtTable(
  request: Request,
  query: Record<string, unknown>,
): Promise<Record<string, unknown> & { file: string }> {
  if (!isForm(request)) {
    const type = request.headers.get("content-type") ?? "";
    if (!/^text\/(csv|plain)\b/.test(type))
      throw new Failure(
        "invalid",
        "This call takes no body but a table: send it with content-type: text/csv, or in a form.",
        {
          field: "content-type",
        },
      );
    return { ...query, file: await request.text() };
  }
  const form = parseForm({ request }) ?? {};
  needFields(form, [...Object.keys(merge.properties), "file"]);
  const both = Object.keys(query).find((name) => query[name] !== undefined && form[name] !== undefined);
  if (both !== undefined)
    throw new Failure("invalid", `"${both}" stands in the form and in the address: leave out one.`, { field: both });
  const { file } = form;
  if (!(file instanceof Blob))
    throw new Failure("invalid", '"file" is missing: send the table as the form part named "file".', { field: "file" });
  return { ...query, ...form, file: utf8(await file.arrayBuffer()) };
}

function utf8(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Failure("invalid", '"file" is not valid UTF-8: save the table as "CSV UTF-8".', { field: "file" });
  }
}

function checked(given: Record<string, unknown>): typeof merge.static {
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  readForm(options, merge.properties);
  if (isMerge.Check(options)) return options;
  throw invalidRequest([...isMerge.Errors(options)]);
}

const previewOf = ({ messages, refused }: BulkCheck): Static<typeof docs.preview> => ({
  total: messages.length + refused.length,
  rows: messages.slice(0, shown).map(({ name, message: { chat, content, sendAt } }) => ({
    row: Number(name.split(".")[1]),
    to: chat,
    content,
    send_at: sendAt === null ? null : Math.floor(sendAt / 1000),
  })),
  refused,
});

const resultColumns = ["number", "to", "message_id", "id", "status", "reason", "error", "created_at", "sent_at"];
const pageSize = 500;

/** What became of each message, as a table. */
async function resultsOf(page: (query: BulkMessageQuery) => Promise<BulkPage<Message>>): Promise<string> {
  const lines = [resultColumns.join(",")];
  let after: number | null = null;
  do {
    const { items, next }: BulkPage<Message> = await page({ status: null, after, limit: pageSize });
    for (const message of items) lines.push(lineOf(message, lines.length));
    after = next;
    await breathe();
  } while (after !== null);
  return `${lines.join("\r\n")}\r\n`;
}

const iso = (at: number | null): string => (at === null ? "" : new Date(at).toISOString());

function lineOf(
  { chat, id, waId, delivery, state, reason, error, createdAt, sentAt }: Message,
  number: number,
): string {
  const cells = [number, chat, id, waId, delivery ?? state, reason ?? "", error ?? "", iso(createdAt), iso(sentAt)];
  return cells.map((cell) => cellOf(String(cell))).join(",");
}

/** A cell as spreadsheets read it: quoted where it must be, and never a formula. */
function cellOf(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
