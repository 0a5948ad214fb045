import { Turns } from "../core/base/turns.ts";
import { Failure } from "../core/base/failure.ts";

/** From here on a body is parsed in turn, bytes. */
const large = 256 * 1024;
/** After each the others of this process get so many times as long as it took. */
const rest = 3;

/**
 * JSON of megabytes, which takes milliseconds in one piece: one body after the other, whoever sends them, and a pause
 * between two.
 */
export class LargeJson {
  readonly #turns = new Turns();

  /** What the bytes say; undefined for so few that they wait for nobody. Throws `invalid`. */
  parsed(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
    if (bytes.length < large) return Promise.resolve();
    let took = 0;
    const value = this.#turns.take(async () => {
      const started = performance.now();
      try {
        return parse(bytes);
      } finally {
        took = performance.now() - started;
      }
    });
    this.#turns.take(() => Bun.sleep(Math.ceil(rest * took))).catch(() => {});
    return value;
  }
}

function parse(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new Failure("invalid", "The body is not valid JSON.", { cause });
  }
}

/** The request, whose body was parsed already. */
export const withJson = (request: Request, value: unknown): Request =>
  Object.defineProperty(request, "json", { value: () => Promise.resolve(value) });
