import type { BinaryNode } from "@whiskeysockets/baileys";
import type { UnknownKind, UnknownCounter } from "../../core/ports/unknowns.ts";
import { knownFields } from "../codec/fields/known-fields.ts";
import known from "./known-stanzas.txt" with { type: "text" };
import { wireFields } from "../codec/fields/wire-fields.ts";

/** How deep messages are looked into; a hostile sender may nest without end. */
const deepest = 6;
/** How many unknown names one stanza or message may bring. */
const mostEach = 20;

/** Looks at what comes for what nobody knows yet, and notes its names, never its contents. */
export class UnknownDetector {
  readonly #unknowns: UnknownCounter;

  constructor(unknowns: UnknownCounter) {
    this.#unknowns = unknowns;
  }

  stanza(node: BinaryNode): void {
    const { tag, attrs } = node;
    if (!vocabulary().tag.has(tag)) return this.#unknowns.count("tag", tag);
    const { type } = attrs;
    this.#attributes(node);
    if (tag === "notification" && type !== undefined && !vocabulary().notification.has(type))
      return this.#unknowns.count("notification", type);
    const place = tag === "notification" ? `notification/${type}` : tag;
    for (const child of childrenOf(node).slice(0, mostEach)) this.#child(place, child);
  }

  /** An encoded `Message`, without its padding. */
  message(wire: Uint8Array): void {
    const unknown = new Set<string>();
    collectUnknown("Message", wire, 0, unknown);
    for (const name of unknown) this.#unknowns.count("field", name);
  }

  #child(place: string, child: BinaryNode): void {
    const expected = vocabulary().child.get(place);
    if (expected && !expected.has(child.tag)) this.#unknowns.count("child", `${place}/${child.tag}`);
    if (child.tag === "enc") {
      this.#attributes(child);
      this.#named("encryption", child.attrs["type"]);
    }
    if (place === "notification/mex") this.#named("operation", child.attrs["op_name"]);
  }

  #attributes({ tag, attrs }: BinaryNode): void {
    const expected = vocabulary().attribute.get(tag);
    if (!expected) return;
    for (const name in attrs) if (!expected.has(name)) this.#unknowns.count("attribute", `${tag}/${name}`);
  }

  #named(kind: Extract<UnknownKind, "encryption" | "operation">, name: string | undefined): void {
    if (name !== undefined && !vocabulary()[kind].has(name)) this.#unknowns.count(kind, name);
  }
}

const childrenOf = ({ content }: BinaryNode): BinaryNode[] => (Array.isArray(content) ? content : []);

function collectUnknown(type: string, wire: Uint8Array, depth: number, unknown: Set<string>): void {
  const fields = knownFields().get(type);
  if (!fields || depth > deepest) return;
  for (const { number, bytes } of wireFields(wire)) {
    if (unknown.size >= mostEach) return;
    const name = fields.get(number);
    if (name === undefined) unknown.add(`${type} ${number}`);
    else if (bytes !== null && name.includes(":"))
      collectUnknown(name.slice(name.indexOf(":") + 1), bytes, depth + 1, unknown);
  }
}

interface Vocabulary {
  readonly tag: ReadonlySet<string>;
  readonly notification: ReadonlySet<string>;
  readonly encryption: ReadonlySet<string>;
  readonly operation: ReadonlySet<string>;
  readonly attribute: ReadonlyMap<string, ReadonlySet<string>>;
  readonly child: ReadonlyMap<string, ReadonlySet<string>>;
}

let read: Vocabulary | undefined;
const vocabulary = (): Vocabulary => (read ??= readVocabulary());

function readVocabulary(): Vocabulary {
  const rows = known
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(" "));
  const names = (kind: string) => new Set(rows.find(([first]) => first === kind)?.slice(1));
  const places = (kind: string) =>
    new Map(rows.filter(([first]) => first === kind).map(([, place = "", ...rest]) => [place, new Set(rest)]));
  return {
    tag: names("tag"),
    notification: names("notification"),
    encryption: names("encryption"),
    operation: names("operation"),
    attribute: places("attribute"),
    child: places("child"),
  };
}
