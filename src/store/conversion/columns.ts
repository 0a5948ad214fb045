import { wordsIn } from "../chats/search.ts";
import { isSealedText, type Sealer } from "../seal/cipher.ts";

/** What is sealed together: keys and secrets always, what was said by choice. */
export type SealedPart = "secrets" | "contents";

export type ColumnValue = string | number | Uint8Array | null;
export type ColumnRow = Record<string, ColumnValue>;

/** One sealed column, to the seal and back. What is null stays so. */
export interface SealedColumn {
  readonly name: string;
  seal(sealer: Sealer, place: string, value: Exclude<ColumnValue, number | null>): ColumnValue;
  open(sealer: Sealer, place: string, value: Exclude<ColumnValue, number | null>): ColumnValue;
}

export interface SealedTable {
  readonly table: string;
  readonly part: SealedPart;
  /** The columns that it is walked by: its primary key. */
  readonly key: readonly string[];
  /** What a value is bound to besides its column. */
  readonly bound: readonly string[];
  readonly columns: readonly SealedColumn[];
  /** What follows for other columns of the row, from the plain values; the sealed row has `cleared`. */
  readonly derived?: { readonly column: string; readonly cleared: string; from(plain: ColumnRow): string };
}

const text = (name: string): SealedColumn => ({
  name,
  seal: (sealer, place, value) => sealer.sealText(place, String(value)),
  open: (sealer, place, value) => sealer.openText(place, String(value)),
});
const bytes = (name: string): SealedColumn => ({
  name,
  seal: (sealer, place, value) => sealer.seal(place, value),
  open: (sealer, place, value) => sealer.open(place, asBytes(value)),
});
const any = (name: string): SealedColumn => ({
  name,
  seal: (sealer, place, value) => sealer.sealAny(place, value),
  open: (sealer, place, value) => sealer.openAny(place, value),
});
/** Empty where a quote was stripped. */
const wire: SealedColumn = {
  ...bytes("wire"),
  open: (sealer, place, value) => (value.length === 0 ? value : sealer.open(place, asBytes(value))),
};
/** Where events that link a device are sealed without the others. */
const eventData: SealedColumn = {
  name: "data",
  seal: (sealer, place, value) => (isSealedText(String(value)) ? value : sealer.sealText(place, String(value))),
  open: (sealer, place, value) => (isSealedText(String(value)) ? sealer.openText(place, String(value)) : value),
};
/** `null` stands with the bulk. */
const draft = (name: string): SealedColumn => ({
  name,
  seal: (sealer, place, value) => (value === "null" ? value : sealer.sealText(place, String(value))),
  open: (sealer, place, value) => (value === "null" ? value : sealer.openText(place, String(value))),
});
/** In a list: see `sealedShared`. */
const shared = (name: string): SealedColumn => ({
  name,
  seal: (sealer, place, value) => `[${sealer.sealText(place, String(value))}]`,
  open: (sealer, place, value) => sealer.openText(place, String(value).slice(1, -1)),
});

const asBytes = (value: string | Uint8Array): Uint8Array => (typeof value === "string" ? Buffer.from(value) : value);

/** Every sealed column there is; who writes or reads one names the same place. */
export const sealedTables: readonly SealedTable[] = [
  { table: "credentials", part: "secrets", key: ["device"], bound: ["device"], columns: [text("value")] },
  {
    table: "signal_key",
    part: "secrets",
    key: ["device", "type", "id"],
    bound: ["device", "type", "id"],
    columns: [any("value")],
  },
  {
    table: "journal",
    part: "secrets",
    key: ["place"],
    bound: ["device", "hash"],
    columns: [text("stanza"), bytes("plaintext")],
  },
  {
    table: "endpoint",
    part: "secrets",
    key: ["id"],
    bound: ["id"],
    columns: [text("url"), text("headers"), text("secrets")],
  },
  { table: "proxy", part: "secrets", key: ["owner"], bound: ["owner"], columns: [text("password")] },
  { table: "plugin_data", part: "secrets", key: ["plugin", "key"], bound: ["plugin", "key"], columns: [text("value")] },
  { table: "media", part: "secrets", key: ["id"], bound: ["id"], columns: [text("remote")] },
  { table: "media", part: "contents", key: ["id"], bound: ["id"], columns: [text("name"), bytes("thumbnail")] },
  { table: "event", part: "contents", key: ["place"], bound: ["id"], columns: [eventData] },
  {
    table: "attempt",
    part: "contents",
    key: ["event", "target", "number"],
    bound: ["event", "target"],
    columns: [text("response")],
  },
  {
    table: "said",
    part: "contents",
    key: ["place"],
    bound: ["device", "id"],
    columns: [text("content"), text("context"), wire],
    derived: {
      column: "words",
      cleared: "",
      from: (plain) => (plain["deleted_at"] === null ? wordsIn(JSON.parse(String(plain["content"]))) : ""),
    },
  },
  {
    table: "message",
    part: "contents",
    key: ["place"],
    bound: ["device", "wa_id"],
    columns: [draft("content"), draft("context"), bytes("wire")],
  },
  { table: "bulk", part: "contents", key: ["place"], bound: ["id"], columns: [shared("content"), shared("context")] },
  { table: "bulk_part", part: "contents", key: ["place"], bound: ["bulk"], columns: [text("rows")] },
  { table: "early_change", part: "contents", key: ["place"], bound: ["device", "id"], columns: [text("content")] },
];
