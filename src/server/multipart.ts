import { isUtf8 } from "node:buffer";
import { Failure } from "../core/base/failure.ts";
import { extendedName } from "../core/media/disposition.ts";
import { PieceReader } from "./piece-reader.ts";

/** One field of a form. Its bytes are read before the next one is asked for. */
export interface FormPart {
  readonly name: string;
  /** What the file is called; null for a field that is text. */
  readonly file: string | null;
  readonly type: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A part's head is a few hundred bytes; nothing but spaces stands behind a boundary. */
const mostHead = 8 * 1024;
const mostBehind = 256;
const lineEnd = Buffer.from("\r\n");
const headEnd = Buffer.from("\r\n\r\n");

/** The boundary that a Content-Type names, up to 70 characters (RFC 2046, 5.1.1); null without one. */
export function boundaryOf(contentType: string): string | null {
  const [, quoted, plain] = /;\s{0,9}boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? plain ?? null;
}

/** A form as it comes (RFC 7578), a part at a time. Throws `invalid` for one that is not whole. */
export async function* partsOfForm(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<FormPart, void, undefined> {
  const reader = new PieceReader(body, lineEnd);
  const mark = Buffer.from(`\r\n--${boundary}`);
  try {
    await drain(reader.until(mark));
    while (!(await reader.startsWith("--"))) {
      await headOf(reader.until(lineEnd), mostBehind);
      const head = await headOf(reader.until(headEnd), mostHead);
      const bytes = reader.until(mark);
      const part = partOf(head, bytes);
      if (part) yield part;
      await drain(bytes);
    }
    // What stands behind the end says nothing, but was sent.
    await reader.rest();
  } finally {
    await reader.close();
  }
}

async function headOf(pieces: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const all: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > most) throw new Failure("invalid", `A field's head in the form is longer than ${most} bytes.`);
    all.push(piece);
  }
  const head = Buffer.concat(all);
  // Older clients write names in Latin-1; as UTF-8 they would be garbage.
  return head.toString(isUtf8(head) ? "utf8" : "latin1");
}

async function drain(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) void piece;
}

/** What a head says; null for a part that is no field. */
function partOf(head: string, bytes: AsyncIterable<Uint8Array>): FormPart | null {
  const lines = head.split("\r\n");
  const line = (name: string) => lines.find((each) => each.toLowerCase().startsWith(`${name}:`)) ?? "";
  const disposition = line("content-disposition");
  const said = parametersOf(disposition);
  // RFC 7578 forbids `filename*`, and older clients name a file by nothing else when its name is not ASCII.
  const file = said.get("filename") ?? (said.has("filename*") ? (extendedName(disposition) ?? "") : null);
  const name = said.get("name");
  needPlain(line("content-transfer-encoding"), name);
  const type = line("content-type").slice("content-type:".length).trim();
  return name === undefined ? null : { name, file, type, bytes };
}

/** RFC 7578 ended encodings of parts: passed on as it is, what is encoded would reach a person so. Throws `invalid`. */
function needPlain(header: string, field = "form"): void {
  const [, coding] = /:\s*(base64|quoted-printable)\s*$/i.exec(header) ?? [];
  if (coding === undefined) return;
  const sentence = `"${field}" comes in Content-Transfer-Encoding: ${coding}, which is not read here: send it as it is.`;
  throw new Failure("invalid", sentence, { field });
}

/** The parameters of a header. A value without quotes ends at the next one: `name=to` (RFC 9110, 5.6.6). */
export function parametersOf(header: string): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = header.indexOf(";"); at >= 0 && at < header.length;) {
    const equals = header.indexOf("=", at);
    if (equals < 0) break;
    const name = header
      .slice(at + 1, equals)
      .trim()
      .toLowerCase();
    let start = equals + 1;
    while (header[start] === " ") start++;
    const end = header[start] === '"' ? quoteEnd(header, start + 1) : placeOf(header, ";", start);
    const value =
      header[start] === '"' ? header.slice(start + 1, end).replaceAll('\\"', '"') : header.slice(start, end).trim();
    if (!found.has(name)) found.set(name, value);
    at = placeOf(header, ";", end);
  }
  return found;
}

/** Where the quotes end. A backslash before anything but a quote is one: browsers write paths of Windows so. */
function quoteEnd(header: string, start: number): number {
  let end = placeOf(header, '"', start);
  while (end < header.length && header[end - 1] === "\\" && end > start) end = placeOf(header, '"', end + 1);
  return end;
}

function placeOf(header: string, mark: string, from: number): number {
  const place = header.indexOf(mark, from);
  return place < 0 ? header.length : place;
}
