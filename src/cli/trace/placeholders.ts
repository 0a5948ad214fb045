import type { ProtobufField, RedactedStanza } from "../../core/trace/redaction.ts";
import { type SimulatedContact, el, type Phone, type Simulator, type Stanza } from "../../simulator/index.ts";

const userToken = /^\{(me|user(\d{1,9}))\}(_\d{1,3})?(:\d{1,4})?@([\w.]+)$/;
const lengthToken = /^\{(text|digits|bytes|name):(\d{1,9})(?:#(\d{1,9}))?\}$/;
/** Nothing longer stands in for what was recorded. */
const longest = 1 << 20;
/** A sender's keys for a group and a thread: what stands in for them would be no keys. */
const keys: ReadonlySet<number> = new Set([2, 15]);

/** Puts something in the place of each token, the same thing for the same token. */
export class Placeholders {
  readonly #sim: Simulator;
  readonly #phone: Phone;

  constructor(sim: Simulator, phone: Phone) {
    this.#sim = sim;
    this.#phone = phone;
  }

  /** Whoever a JID's token stands for, if it names a person other than the account. */
  person(token: string | undefined): SimulatedContact | undefined {
    const [, , number, , , server] = userToken.exec(token ?? "") ?? [];
    const isPerson = server === "s.whatsapp.net" || server === "lid";
    return number !== undefined && isPerson ? this.#contact(number) : undefined;
  }

  stanza({ tag, attrs, content }: RedactedStanza): Stanza {
    const filled = Object.fromEntries(
      Object.entries(attrs).map(([name, value]) => [this.#name(name), this.text(value)]),
    );
    if (content === undefined) return el(this.#name(tag), filled);
    if (typeof content !== "string")
      return el(
        this.#name(tag),
        filled,
        content.map((child) => this.stanza(child)),
      );
    return el(this.#name(tag), filled, this.#bytes(content));
  }

  text(value: string): string {
    const [, kind, length = "0", place = "0"] = lengthToken.exec(value) ?? [];
    if (kind === undefined) return this.#jid(value) ?? value;
    const size = Math.min(Number(length), longest);
    if (kind === "digits")
      return size === 10 ? String(Math.floor(Date.now() / 1000)) : place.padStart(size, "1").slice(-size);
    return `S${place}${"x".repeat(size)}`.slice(0, size);
  }

  #bytes(token: string): Buffer {
    const [, kind, length = "0", place = "0"] = lengthToken.exec(token) ?? [];
    if (kind !== "bytes") return Buffer.from(this.text(token));
    return Buffer.alloc(Math.min(Number(length), longest), Number(place) % 251);
  }

  #jid(value: string): string | undefined {
    const [, who, number = "", agent = "", device = "", server = ""] = userToken.exec(value) ?? [];
    if (who === undefined) return undefined;
    const person = who === "me" ? this.#phone : this.#contact(number);
    const users: Record<string, string> = {
      "s.whatsapp.net": person.number,
      lid: person.lid.replace(/@.*/, ""),
      "g.us": `12036300000${number.padStart(7, "0")}`,
      newsletter: `12036310000${number.padStart(7, "0")}`,
    };
    return `${users[server] ?? person.number}${agent}${device}@${server}`;
  }

  #contact(number: string): SimulatedContact {
    return this.#sim.contact(`62812${number.slice(-7).padStart(7, "0")}`);
  }

  #name(name: string): string {
    return lengthToken.test(name) ? this.text(name) : name;
  }
}

/** A protobuf with fields of these numbers and lengths, and nothing that means anything. */
export function placeholderMessage(fields: readonly ProtobufField[]): Buffer {
  return encoded(fields.filter(([number]) => !keys.has(number)));
}

function encoded(fields: readonly ProtobufField[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, holds]) => {
      if (holds === "varint") return [varint(number * 8), varint(1)];
      if (holds === "fixed64") return [varint(number * 8 + 1), Buffer.alloc(8)];
      if (holds === "fixed32") return [varint(number * 8 + 5), Buffer.alloc(4)];
      if (typeof holds === "string") return [varint(number * 8), varint(Number(holds.slice("enum ".length)))];
      const bytes = typeof holds === "number" ? Buffer.alloc(Math.min(holds, longest), "x") : encoded(holds);
      return [varint(number * 8 + 2), varint(bytes.length), bytes];
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    bytes.push((left % 128) + (left >= 128 ? 128 : 0));
    if (left < 128) return Buffer.from(bytes);
  }
}
