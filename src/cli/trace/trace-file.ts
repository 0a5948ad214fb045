import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { Failure } from "../../core/base/failure.ts";
import type { ProtobufField, RedactedStanza } from "../../core/trace/redaction.ts";

/** Names the first line of a trace; its value is the version of the format. */
export const traceFormat = "merpati_trace";

/** A stanza of a trace, where it stands, and the fields of the message in it when that was decrypted. */
export interface TracedStanza {
  readonly line: number;
  readonly stanza: RedactedStanza;
  readonly fields: readonly ProtobufField[] | null;
}

/** The stanzas of a trace, in order. Throws `invalid` and names the line where the file is none. */
export async function readTrace(file: string): Promise<TracedStanza[]> {
  const stanzas: { line: number; stanza: RedactedStanza }[] = [];
  const fields = new Map<string, readonly ProtobufField[]>();
  if (!existsSync(file)) throw new Failure("not_found", `There is no file ${file}.`);
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    number++;
    const entry = parsed(line, file, number);
    if (number === 1 && entry[traceFormat] !== 1) throw new Failure("invalid", notATrace(file));
    if (isStanza(entry["stanza"])) stanzas.push({ line: number, stanza: entry["stanza"] });
    else if (typeof entry["id"] === "string" && isShapes(entry["fields"])) fields.set(entry["id"], entry["fields"]);
    else if (number > 1 && entry["lost"] === undefined)
      throw new Failure("invalid", `${file}, line ${number}: neither a stanza nor the fields of a message.`);
  }
  if (number === 0) throw new Failure("invalid", notATrace(file));
  return stanzas.map((each) => ({ ...each, fields: fields.get(each.stanza.attrs["id"] ?? "") ?? null }));
}

const notATrace = (file: string): string => `${file} is no trace that this version reads: merpati record makes one.`;

function parsed(line: string, file: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new Failure("invalid", `${file}, line ${number}: not a JSON object.`);
}

function isStanza(value: unknown): value is RedactedStanza {
  if (typeof value !== "object" || value === null) return false;
  const { tag, attrs, content } = value as Record<string, unknown>;
  const named = typeof attrs === "object" && attrs !== null;
  const held =
    content === undefined || typeof content === "string" || (Array.isArray(content) && content.every(isStanza));
  return typeof tag === "string" && named && Object.values(attrs).every((each) => typeof each === "string") && held;
}

function isShapes(value: unknown): value is ProtobufField[] {
  return Array.isArray(value) && value.every(isShape);
}

function isShape(value: unknown): value is ProtobufField {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [number, holds] = value as unknown[];
  const known =
    typeof holds === "number" || /^(varint|fixed32|fixed64|enum \d+)$/.test(String(holds)) || isShapes(holds);
  return Number.isSafeInteger(number) && known;
}
