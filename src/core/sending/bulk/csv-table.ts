import { breathe } from "../../base/breathe.ts";
import { Failure } from "../../base/failure.ts";
import { mostInBulk } from "../../ports/bulk.ts";

/** A table as spreadsheets write it. */
export interface CsvTable {
  /** As the first row has them, without the spaces around. */
  columns: string[];
  rows: CsvRow[];
}

export interface CsvRow {
  /** As spreadsheets count: the header is 1. */
  number: number;
  /** One for each column. Null where the row has more or fewer cells than the header. */
  cells: string[] | null;
}

const mostColumns = 50;
const longestColumn = 60;
/** Rows that are read in one go: a millisecond of work. */
const slice = 500;

/**
 * Reads a table (RFC 4180) whose cells stand between commas, semicolons or tabs, whichever its first row has most of.
 * Empty rows are left out. Throws `invalid`.
 */
export async function csvTableOf(text: string): Promise<CsvTable> {
  const source = text.replace(/^\ufeff/, "");
  const records = recordsOf(source, separatorOf(source));
  const first = records.next();
  const columns = first.done ? [] : columnsOf(first.value);
  const rows: CsvRow[] = [];
  let number = 1;
  for (const cells of records) {
    number++;
    if (cells.length === 1 && cells[0]?.trim() === "") continue;
    if (rows.length === mostInBulk) throw refusal("file", `takes up to ${mostInBulk} rows below the header`);
    rows.push({ number, cells: cells.length === columns.length ? cells : null });
    if (number % slice === 0) await breathe();
  }
  if (rows.length === 0) throw refusal("file", "takes a header and at least one row below it");
  return { columns, rows };
}

const separators = [",", ";", "\t"] as const;

/** What separates the cells of the first row. */
function separatorOf(text: string): string {
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  const count = (separator: string) => line.split(separator).length;
  return separators.toSorted((a, b) => count(b) - count(a))[0] ?? ",";
}

function columnsOf(cells: readonly string[]): string[] {
  const columns = cells.map((cell) => cell.trim());
  if (columns.length > mostColumns) throw refusal("file", `takes up to ${mostColumns} columns`);
  for (const [place, column] of columns.entries()) {
    if (column === "" || column.length > longestColumn || /[{}]/.test(column))
      throw refusal("file", `takes names of 1 to ${longestColumn} characters in its first row, for each column`);
    if (columns.findIndex((each) => each.toLowerCase() === column.toLowerCase()) !== place)
      throw refusal("file", `has two columns "${column}"`);
  }
  return columns;
}

/** The cells of each record; a quoted cell may hold separators, line breaks and doubled quotes. */
function* recordsOf(text: string, separator: string): Generator<string[], void> {
  const ends = new RegExp(`[${separator}\\r\\n]`, "g");
  let number = 0;
  let at = 0;
  while (at < text.length) {
    number++;
    const cells: string[] = [];
    for (;;) {
      const [cell, end] = text[at] === '"' ? quoted(text, at, number) : bare(text, at, ends);
      cells.push(cell);
      at = end;
      if (text[at] !== separator) break;
      at++;
    }
    if (at < text.length && text[at] !== "\r" && text[at] !== "\n")
      throw refusal(`row.${number}`, "has something behind a closing quote");
    at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
    yield cells;
  }
}

function bare(text: string, start: number, ends: RegExp): [string, number] {
  ends.lastIndex = start;
  const end = ends.exec(text)?.index ?? text.length;
  return [text.slice(start, end), end];
}

function quoted(text: string, start: number, number: number): [string, number] {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return [text.slice(start + 1, at).replaceAll('""', '"'), at + 1];
  throw refusal(`row.${number}`, "opens a quote that is never closed");
}

const refusal = (field: string, sentence: string): Failure =>
  new Failure("invalid", `"${field}" ${sentence}.`, { field });
