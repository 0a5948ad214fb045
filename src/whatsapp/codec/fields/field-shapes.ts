import type { ProtobufField } from "../../../core/trace/redaction.ts";
import { knownFields } from "./known-fields.ts";
import { wireFields } from "./wire-fields.ts";

const deepest = 8;
/** Fields of one message, wherever they stand. */
const mostFields = 500;

/** The numbers and lengths of an encoded `Message`, and nothing of what it says. */
export function shapeOfMessage(wire: Uint8Array): ProtobufField[] {
  const budget = { left: mostFields };
  return shapes("Message", wire, 0, budget);
}

function shapes(type: string, wire: Uint8Array, depth: number, budget: { left: number }): ProtobufField[] {
  const found: ProtobufField[] = [];
  for (const { number, kind, bytes, value } of wireFields(wire)) {
    if (budget.left-- <= 0) break;
    const inner = /:(.+)$/.exec(knownFields().get(type)?.get(number) ?? "")?.[1];
    if (kind === 1 || kind === 5) found.push([number, kind === 1 ? "fixed64" : "fixed32"]);
    else if (bytes === null) found.push([number, isEnum(inner, value) ? `enum ${value}` : "varint"]);
    else if (inner === undefined || depth >= deepest) found.push([number, bytes.length]);
    else found.push([number, shapes(inner, bytes, depth + 1, budget)]);
  }
  return found;
}

/** A number of an enum says which kind something is; a larger one may be anything. */
const isEnum = (type: string | undefined, value: number | null): value is number =>
  type !== undefined && value !== null && value < 1_000;
