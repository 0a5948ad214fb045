import { scrub } from "./scrub.ts";

/** What one line may hold: so many values, so deep. */
const mostValues = 200;
const mostLevels = 6;
const longestStack = 4_000;
/** What is kept of an error besides its words: other fields may hold whatever was asked for. */
const errorFields = ["code", "errno", "syscall", "status", "statusCode", "field"];

/** Makes what is logged small, plain and free of secrets. Never throws, whatever stands in the fields. */
export class FieldCleaner {
  readonly #secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  text(value: unknown, most?: number): string {
    return scrub(typeof value === "string" ? value : "", this.#secrets, most);
  }

  fields(fields: Record<string, unknown>): Record<string, unknown> {
    const clean = this.#value(fields, { left: mostValues }, mostLevels);
    return typeof clean === "object" && clean !== null ? { ...clean } : {};
  }

  #value(value: unknown, budget: { left: number }, levels: number): unknown {
    if (--budget.left < 0) return "…";
    switch (typeof value) {
      case "string":
        return this.text(value);
      case "number":
      case "boolean":
      case "undefined":
        return value;
      case "bigint":
        return this.text(String(value));
      case "object":
        return value === null ? null : levels === 0 ? "…" : this.#object(value, budget, levels - 1);
      default:
        return "…";
    }
  }

  /** A field that is no object. */
  #plain(error: Error, name: string): unknown {
    const value: unknown = Reflect.get(error, name);
    return typeof value === "object" ? undefined : this.#value(value, { left: 1 }, 1);
  }

  #object(value: object, budget: { left: number }, levels: number): unknown {
    try {
      if (value instanceof Error) return this.#error(value, budget, levels);
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
      if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
      if (Array.isArray(value)) return value.slice(0, budget.left).map((each) => this.#value(each, budget, levels));
      return this.#record(value, budget, levels);
    } catch {
      // A getter, a proxy or a toString of somebody else.
      return "unreadable";
    }
  }

  #record(value: object, budget: { left: number }, levels: number): Record<string, unknown> {
    const clean: Record<string, unknown> = {};
    for (const key in value) {
      if (budget.left <= 0) break;
      if (!Object.hasOwn(value, key)) continue;
      clean[this.text(key, 100)] = this.#value(Reflect.get(value, key), budget, levels);
    }
    return clean;
  }

  #error(error: Error, budget: { left: number }, levels: number): Record<string, unknown> {
    const { name, message, stack, cause } = error;
    return {
      type: this.text(name, 100),
      message: this.text(message),
      ...(stack === undefined ? {} : { stack: this.text(stack, longestStack) }),
      ...Object.fromEntries(
        errorFields.filter((name) => name in error).map((name) => [name, this.#plain(error, name)]),
      ),
      ...(cause === undefined ? {} : { cause: this.#value(cause, budget, levels) }),
    };
  }
}
