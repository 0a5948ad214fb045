import { breathe } from "../../base/breathe.ts";
import { asFailure, Failure } from "../../base/failure.ts";
import { nearest } from "../../base/nearest.ts";
import type { DraftContent } from "../../model/content/draft.ts";
import type { Draft } from "../../model/message/message.ts";
import type { BulkDraft } from "../../ports/bulk.ts";
import type { CsvTable } from "./csv-table.ts";

/** What every row of a table gets, where the table has no column of that name. */
export interface MergeFields {
  text?: string;
  caption?: string;
  kind?: string;
  url?: string;
  media_id?: string;
  send_at?: number;
  max_wait?: number;
}

export interface MergeOptions extends MergeFields {
  /** Seconds between two messages. */
  interval?: number;
}

const fields = ["to", "text", "caption", "kind", "url", "media_id", "send_at", "max_wait"] as const;
type Field = (typeof fields)[number];
/** Fields in which `{{column}}` stands for a row's cell. */
const templates: readonly Field[] = ["text", "caption"];
/** Rows that are made in one go. */
const slice = 500;

/**
 * A message for each row of a table: columns that are named like fields are these, all others fill the templates. A row
 * that cannot be one stands there as its refusal. Throws `invalid` for what is wrong with all of it.
 */
export async function mergedBulk(table: CsvTable, { interval, ...shared }: MergeOptions): Promise<BulkDraft> {
  const columns = new Map(table.columns.map((column, place) => [column.toLowerCase(), place]));
  needFields(table, columns, shared);
  const messages: (Draft | Failure)[] = [];
  for (const { number, cells } of table.rows) {
    const name = nameOf(number);
    messages.push(
      cells === null
        ? refusal(name, `has another number of cells than the header, which has ${table.columns.length}`)
        : draftOf({ name, cell: (column) => cells[columns.get(column) ?? -1], shared }),
    );
    if (messages.length % slice === 0) await breathe();
  }
  const names = table.rows.map(({ number }) => nameOf(number));
  return { messages, names, once: true, ...(interval === undefined ? {} : { interval }) };
}

/** Rows count as in a spreadsheet: the header is 1. */
const nameOf = (number: number): string => `row.${number}`;

/** Throws `invalid` for fields twice, names that no column has, and columns that nothing reads. */
function needFields({ columns: written }: CsvTable, columns: ReadonlyMap<string, number>, shared: MergeFields): void {
  if (!columns.has("to")) throw refusal("file", 'needs a column "to": the phone number, JID or LID of each row');
  for (const field of Object.keys(shared))
    if (columns.has(field)) throw refusal(field, "is a column of the table too: leave out one of the two");
  const given = templates.flatMap((field) => (field === "to" ? [] : [String(shared[field] ?? "")]));
  const named = new Set(given.flatMap(placeholdersIn));
  for (const [field, template] of templates.map(
    (each) => [each, String(shared[each as keyof MergeFields] ?? "")] as const,
  ))
    for (const name of placeholdersIn(template))
      if (!columns.has(name)) throw refusal(field, `says {{${name}}}, but the columns are ${written.join(", ")}`);
  // A text of each row's own may name any column.
  if (templates.some((field) => columns.has(field))) return;
  const stray = written.find((column) => {
    const name = column.toLowerCase();
    return !fields.some((field) => field === name) && !named.has(name);
  });
  if (stray === undefined) return;
  const meant = nearest(stray.toLowerCase(), fields);
  throw refusal(
    "file",
    `has a column "${stray}" that nothing reads${meant === null ? "" : ` (did you mean "${meant}"?)`}: use it as {{${stray}}}, or leave it out`,
  );
}

interface MergeRow {
  name: string;
  cell: (column: string) => string | undefined;
  shared: MergeFields;
}

function draftOf(row: MergeRow): Draft | Failure {
  const { name, cell } = row;
  try {
    const said = (field: Exclude<Field, "to">): string | undefined => {
      const value = cell(field) ?? row.shared[field]?.toString();
      if (value === undefined || value === "") return undefined;
      return templates.includes(field) ? filled(value, row) : value.trim();
    };
    const [sendAt, maxWait] = [
      wholeNumber(said("send_at"), `${name}.send_at`),
      wholeNumber(said("max_wait"), `${name}.max_wait`),
    ];
    return {
      to: cell("to") ?? "",
      content: contentOf(
        {
          text: said("text"),
          caption: said("caption"),
          kind: said("kind"),
          url: said("url"),
          media_id: said("media_id"),
        },
        name,
      ),
      ...(sendAt === undefined ? {} : { send_at: sendAt }),
      ...(maxWait === undefined ? {} : { max_wait: maxWait }),
    };
  } catch (error) {
    return asFailure(error);
  }
}

type Words = Record<"text" | "caption" | "kind" | "url" | "media_id", string | undefined>;

/** A text, or a file by address or id; the core checks the rest. */
function contentOf({ text, ...file }: Words, name: string): DraftContent {
  const given = Object.fromEntries(Object.entries(file).filter(([, value]) => value !== undefined));
  const [about] = Object.keys(given);
  if (text !== undefined && about !== undefined)
    throw refusal(`${name}.text`, `does not go with "${about}": what stands below a file is "caption"`);
  if (text !== undefined) return { kind: "text", text };
  if (about === undefined) throw refusal(`${name}.text`, "is missing: give a text, or a kind with a url or media_id");
  return given as DraftContent;
}

function wholeNumber(text: string | undefined, field: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw refusal(field, "takes a whole number");
}

const placeholder = /\{\{\s*([^{}]{1,60}?)\s*\}\}/g;

const placeholdersIn = (template: string): string[] =>
  [...template.matchAll(placeholder)].map(([, name = ""]) => name.toLowerCase());

/** The template with the row's cells. Throws `invalid` for one that is not there or empty. */
function filled(template: string, { name, cell }: MergeRow): string {
  return template.replaceAll(placeholder, (_, column: string) => {
    const value = cell(column.toLowerCase());
    if (value === undefined) throw refusal(name, `says {{${column}}}, and there is no such column`);
    if (value.trim() === "") throw refusal(`${name}.${column}`, "is empty, and the text says it");
    return value;
  });
}

const refusal = (field: string, sentence: string): Failure =>
  new Failure("invalid", `"${field}" ${sentence}.`, { field });
