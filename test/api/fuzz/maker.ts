import type { Random } from "./random.ts";

/** Makes values of schemas: right ones, with what is known here for the names of fields, and wrong ones. */

export interface Schema {
  readonly [word: string]: unknown;
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
}

/** What nobody expects. */
const nonsense: readonly unknown[] = [
  null,
  -1,
  1e308,
  0.5,
  "",
  " ",
  "\u0000",
  "\ud83d",
  "a".repeat(5_000),
  "../../etc/passwd",
  "'; DROP TABLE message; --",
  "🐦‍⬛",
  [],
  {},
  [[[]]],
  { toString: 1 },
  { __proto__: null, constructor: 1 },
  true,
];

export class Maker {
  readonly #random: Random;
  readonly #resolve: (ref: string) => Schema;
  /** Good values by the names of fields and parameters. */
  readonly #known: (name: string) => readonly unknown[];

  constructor(random: Random, resolve: (ref: string) => Schema, known: (name: string) => readonly unknown[]) {
    this.#random = random;
    this.#resolve = resolve;
    this.#known = known;
  }

  /** A value that the schema takes. `depth` ends what is nested. */
  right(schema: Schema, name = "", depth = 0): unknown {
    if (schema.$ref !== undefined) return this.right(this.#resolve(schema.$ref), name, depth);
    const { type } = schema;
    if (type === "string" || type === "integer" || type === undefined) {
      const known = this.#known(name);
      if (known.length > 0 && schema.enum === undefined && schema.const === undefined && !schema.anyOf)
        return this.#random.one(known);
    }
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return this.#random.one(schema.enum);
    const union = schema.anyOf ?? schema.oneOf;
    if (union) return this.right(this.#random.one(union), name, depth + 1);
    if (type === "array") return this.#list(schema, name, depth);
    if (type === "object") return this.#object(schema, depth);
    if (type === "boolean") return this.#random.chance(0.5);
    if (type === "integer" || type === "number") return this.#number(schema);
    if (type === "null") return null;
    return this.#text(schema);
  }

  wrong(): unknown {
    return this.#random.one(nonsense);
  }

  /** A value with something wrong in it, somewhere. */
  spoilt(value: unknown): unknown {
    const { next } = { next: this.#random.next() };
    if (typeof value !== "object" || value === null || next < 0.15) return this.wrong();
    if (Array.isArray(value))
      return value.map((each) => (this.#random.chance(0.5) ? this.spoilt(each) : (each as unknown)));
    const fields = Object.entries(value);
    if (fields.length === 0 || next < 0.3) return { ...value, stray: this.wrong() };
    const [chosen] = this.#random.one(fields);
    if (next < 0.5) return Object.fromEntries(fields.filter(([name]) => name !== chosen));
    return Object.fromEntries(
      fields.map(([name, each]) => [name, name === chosen ? this.spoilt(each) : (each as unknown)]),
    );
  }

  #list({ items = {}, minItems = 0 }: Schema, name: string, depth: number): unknown[] {
    const length = depth > 4 ? minItems : Math.max(minItems, 1 + this.#random.below(2));
    const values = Array.from({ length }, () => this.right(items, name, depth + 1));
    return values.filter(
      (value, place) => values.findIndex((each) => JSON.stringify(each) === JSON.stringify(value)) === place,
    );
  }

  #object({ properties = {}, required = [] }: Schema, depth: number): object {
    const wanted = Object.entries(properties).filter(
      ([name]) => required.includes(name) || this.#random.chance(depth > 3 ? 0 : 0.2),
    );
    return Object.fromEntries(wanted.map(([name, each]) => [name, this.right(each, name, depth + 1)]));
  }

  #number({ minimum = 0, maximum = 1_000 }: Schema): number {
    return minimum + this.#random.below(Math.min(maximum - minimum, 1_000) + 1);
  }

  #text({ minLength = 1, maxLength = 40 }: Schema): string {
    const words = ["pigeon", "Halo", "loft", "kabar", "42", "race"];
    const text = this.#random.one(words);
    return text.padEnd(minLength, "x").slice(0, Math.max(maxLength, minLength));
  }
}
