import { Turns } from "../core/base/turns.ts";
import { Failure, type FailureCode } from "../core/base/failure.ts";

export interface JsonTask {
  /** The body as it came. */
  parts: Uint8Array<ArrayBuffer>[];
  contentType: string;
}

export type JsonAnswer = { value: unknown } | { refusal: { code: FailureCode; message: string; field?: string } };

/** The thread ends when it had nothing to do for so long, milliseconds: it holds the memory of what it read. */
const idleMs = 5_000;

/** Parses large bodies in a thread, one after the other: a file of 8 MB in base64 takes 30 ms. */
export class JsonThread {
  readonly #turns = new Turns();
  #worker: Worker | null = null;
  #asking: PromiseWithResolvers<JsonAnswer> | null = null;
  #end: Timer | undefined;

  /** What the body says; its parts are gone then. Throws `invalid`. */
  parsed(parts: readonly Uint8Array<ArrayBuffer>[], contentType: string): Promise<unknown> {
    return this.#turns.take(async () => {
      clearTimeout(this.#end);
      const answer = await this.#asked({ parts: parts.map(owned), contentType });
      this.#end = setTimeout(() => this.close(), idleMs);
      this.#end.unref();
      if ("value" in answer) return answer.value;
      const { code, message, field } = answer.refusal;
      throw new Failure(code, message, field === undefined ? {} : { field });
    });
  }

  close(): void {
    clearTimeout(this.#end);
    this.#worker?.terminate();
    this.#worker = null;
  }

  #asked(task: JsonTask): Promise<JsonAnswer> {
    const worker = (this.#worker ??= this.#start());
    this.#asking = Promise.withResolvers<JsonAnswer>();
    worker.postMessage(
      task,
      task.parts.map(({ buffer }) => buffer),
    );
    return this.#asking.promise;
  }

  #start(): Worker {
    const worker = new Worker(workerUrl(), { ref: false });
    worker.addEventListener("message", ({ data }: MessageEvent<JsonAnswer>) => this.#asking?.resolve(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.close();
      this.#asking?.reject(new Error(event.message));
    });
    return worker;
  }
}

/** A part that may be handed to another thread, which takes all of its buffer. */
const owned = (part: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  part.byteLength === part.buffer.byteLength ? part : part.slice();

/** In the compiled program every file is addressed from the root of the source. */
function workerUrl(): string {
  const file = Bun.isStandaloneExecutable ? "server/json-worker.ts" : "json-worker.ts";
  return new URL(file, import.meta.url).href;
}
