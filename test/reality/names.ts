import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { el, type Stanza } from "../../src/simulator/index.ts";
import type { CaseBytes, CaseNode } from "./cases.ts";

/** Fills the names in braces of a case: `{ani}` becomes Ani's JID. What is in braces and no name stays. */
export class Names {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(values));
  }

  with(more: Readonly<Record<string, string>>): Names {
    return new Names({ ...Object.fromEntries(this.#values), ...more });
  }

  text(text: string): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => this.#values.get(name) ?? whole);
  }

  /** Any JSON value with its strings filled. */
  json<T>(value: T): T {
    return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
      typeof inner === "string" ? this.text(inner) : inner,
    ) as T;
  }

  stanza({ tag, attrs = {}, content }: CaseNode): Stanza {
    const filled = this.json(attrs);
    if (content === undefined) return el(tag, filled);
    if (typeof content === "string") return el(tag, filled, Buffer.from(this.text(content)));
    if (isList(content))
      return el(
        tag,
        filled,
        content.map((child) => this.stanza(child)),
      );
    return el(tag, filled, this.#bytes(content));
  }

  /** An encoded `Message`: `{ hex }` is one already. */
  encoded(content: object): Uint8Array {
    return isHex(content) ? Buffer.from(content.hex, "hex") : proto.Message.encode(this.message(content)).finish();
  }

  /** A protobuf `Message`; its bytes are written `{ hex }`. */
  message(content: object): proto.IMessage {
    return proto.Message.fromObject(
      JSON.parse(JSON.stringify(this.json(content)), (_, value: unknown) =>
        isHex(value) ? Buffer.from(value.hex, "hex").toString("base64") : value,
      ) as Record<string, unknown>,
    );
  }

  #bytes({ hex, utf8, $plain }: CaseBytes): Uint8Array {
    if (hex !== undefined) return Buffer.from(hex, "hex");
    if (utf8 !== undefined) return Buffer.from(this.text(utf8));
    return proto.Message.encode(this.message($plain ?? {})).finish();
  }
}

const isList = (content: CaseNode["content"]): content is readonly CaseNode[] => Array.isArray(content);
const isHex = (value: unknown): value is { hex: string } =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "hex";
