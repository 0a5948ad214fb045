import { Turns } from "../core/base/turns.ts";
import { Failure } from "../core/base/failure.ts";
import { inUtf8, isNamedUtf8 } from "./charset.ts";
import { joined, sizeOf } from "./counted.ts";
import { JsonThread } from "./json-thread.ts";
import { parsedInSlices } from "./sliced-json.ts";

/** From here on a body is parsed in turn, and what of it is longer than this in a thread; bytes. */
const large = 256 * 1024;
const huge = 2 ** 20;

/** What a body says; its bytes, when they are so few that they wait for nobody. */
export type ParsedBody = { value: unknown } | { bytes: Uint8Array<ArrayBuffer> };

/**
 * JSON that takes milliseconds in one piece: one body after the other, whoever sends them. The long lists of a bulk are
 * parsed a slice at a time; anything else that is as long, in a thread.
 */
export class LargeJson {
  readonly #turns = new Turns();
  readonly #thread = new JsonThread();

  /** Throws `invalid`. */
  async parsed(parts: readonly Uint8Array<ArrayBuffer>[], contentType: string): Promise<ParsedBody> {
    const size = sizeOf(parts);
    if (size < large) return { bytes: inUtf8(joined(parts), contentType) };
    // What must be converted first is converted there too.
    if (size >= huge && !isNamedUtf8(contentType)) return { value: await this.#thread.parsed(parts, contentType) };
    return this.#turns.take(async () => {
      const bytes = inUtf8(joined(parts), contentType);
      const sliced = await parsedInSlices(bytes, large).catch(noJson);
      return sliced ?? { value: await this.#thread.parsed([bytes], "") };
    });
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
    return noJson(cause);
  }
}

function noJson(cause: unknown): never {
  throw new Failure("invalid", "The body is not valid JSON.", { cause });
}

/** The request, whose body was parsed already. */
export const withJson = (request: Request, value: unknown): Request =>
  Object.defineProperty(request, "json", { value: () => Promise.resolve(value) });
