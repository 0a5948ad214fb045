import { Turns } from "../core/base/turns.ts";
import { Failure } from "../core/base/failure.ts";
import { inUtf8 } from "./charset.ts";
import { joined, sizeOf } from "./counted.ts";
import { JsonThread } from "./json-thread.ts";

/** From here on a body is parsed in turn, and from here on in a thread; bytes. */
const large = 256 * 1024;
const huge = 2 ** 20;
/** After each the others of this process get so many times as long as it took. */
const rest = 3;

/**
 * JSON that takes milliseconds in one piece: one body after the other, whoever sends them, and a pause between two. What
 * takes tens of them is parsed in a thread.
 */
export class LargeJson {
  readonly #turns = new Turns();
  readonly #thread = new JsonThread();

  /** What a body says; its bytes, when they are so few that they wait for nobody. Throws `invalid`. */
  async parsed(
    parts: readonly Uint8Array<ArrayBuffer>[],
    contentType: string,
  ): Promise<{ value: unknown } | { bytes: Uint8Array<ArrayBuffer> }> {
    const size = sizeOf(parts);
    if (size >= huge) return { value: await this.#thread.parsed(parts, contentType) };
    const bytes = inUtf8(joined(parts), contentType);
    if (size < large) return { bytes };
    let took = 0;
    const value = this.#turns.take(async () => {
      const started = performance.now();
      try {
        return parsedJson(bytes);
      } finally {
        took = performance.now() - started;
      }
    });
    this.#turns.take(() => Bun.sleep(Math.ceil(rest * took))).catch(() => {});
    return { value: await value };
  }

  close(): void {
    this.#thread.close();
  }
}

/** Throws `invalid`. */
export function parsedJson(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new Failure("invalid", "The body is not valid JSON.", { cause });
  }
}

/** The request, whose body was parsed already. */
export const withJson = (request: Request, value: unknown): Request =>
  Object.defineProperty(request, "json", { value: () => Promise.resolve(value) });
