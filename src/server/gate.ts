import { keyOf, onlyOne } from "../api/credentials.ts";
import { type Caller as Admitted, type Face, admit, faceOf } from "../api/face.ts";
import { plainly } from "../api/failures.ts";
import type { App } from "../core/app.ts";
import { asFailure } from "../core/base/failure.ts";
import type { Log } from "../core/base/log.ts";
import { Cors } from "./cors.ts";
import { counted, needSmall } from "./counted.ts";
import type { Sessions } from "./sessions.ts";

export interface GateOptions {
  app: App;
  faces: readonly Face[];
  log: Log;
  /** Origins besides our own whose pages may call; `*` is any. */
  corsOrigin: readonly string[];
  auth: "on" | "off";
  sessions: Sessions;
  /** Bodies that may hold a file are refused above it, bytes. */
  fileLimit: number;
  /** Answers what has passed. */
  next: (request: Request) => Response | Promise<Response>;
}

/** JSON bodies larger than this are refused before they are looked into, bytes. */
export const bodyLimit = 1024 * 1024;

const ids = new WeakMap<Request, string>();

interface Caller {
  key: string | null;
  address: string;
}

/**
 * Every HTTP call comes through here first: the key is checked before the body is read, before the route is known
 * and before anything is validated, so that nobody without a key learns a thing.
 */
export class Gate {
  readonly cors: Cors;
  /** Answers that last, and who asked for them. */
  readonly #streams = new Map<AbortController, Caller>();

  constructor(private readonly options: GateOptions) {
    this.cors = new Cors(options.corsOrigin, options.log);
  }

  async handle(request: Request, address: string): Promise<Response> {
    const started = performance.now();
    const { pathname } = new URL(request.url);
    const id = Bun.randomUUIDv7();
    const face = faceOf(this.options.faces, pathname);
    ids.set(request, id);
    const response = await this.#answer(request, address, face);
    for (const [name, value] of Object.entries(this.cors.headers(request)))
      if (name === "vary") response.headers.append(name, value);
      else response.headers.set(name, value);
    response.headers.set("x-request-id", id);
    response.headers.set("x-content-type-options", "nosniff");
    if (face) response.headers.set("cache-control", "no-store");
    this.#note(request.method, pathname, response.status, performance.now() - started, id);
    return response;
  }

  async #answer(request: Request, address: string, face: Face | undefined): Promise<Response> {
    if (request.method === "OPTIONS") return new Response(null, { status: 204 });
    if (!face) return this.options.next(request);
    try {
      if (this.options.auth === "off") this.cors.admit(request, "off");
      const { method, headers, url } = request;
      const key = onlyOne([keyOf(headers), this.options.sessions.keyOf(method, headers, new URL(url))]);
      const caller = this.#caller(key, address, face);
      const whole = await this.#whole(request, face);
      ids.set(whole, ids.get(request) ?? "");
      admit(whole, caller);
      const response = await this.options.next(whole);
      return streams(response) ? this.#lasting(response, { key, address }) : response;
    } catch (thrown) {
      return failed(thrown, face, this.options.log, request);
    }
  }

  /** Ends the streams of those whose key is no good any more. */
  recheck(): void {
    for (const [stream, { key, address }] of this.#streams) {
      try {
        this.options.app.authenticate(key, address);
      } catch {
        stream.abort();
      }
    }
  }

  /** The request with a body that is not too large. A file as it is goes on as it comes: who keeps it counts it. */
  async #whole(request: Request, face: Face): Promise<Request> {
    if (!face.carriesFiles?.(new URL(request.url).pathname)) return counted(request, bodyLimit);
    const { fileLimit } = this.options;
    if (!/^(application\/json|multipart\/)/i.test(request.headers.get("content-type") ?? ""))
      return needSmall(request, fileLimit);
    return counted(request, fileLimit);
  }

  #caller(key: string | null, address: string, face: Face): Admitted {
    const { app } = this.options;
    const principal = app.authenticate(key, address);
    const administer = () => app.administer(principal);
    if (face.adminOnly) administer();
    return { workspace: app.as(principal), administer };
  }

  /** The same answer, which we can end. */
  #lasting(response: Response, caller: Caller): Response {
    const ending = new AbortController();
    this.#streams.set(ending, caller);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const over = () => void this.#streams.delete(ending);
    response.body?.pipeTo(writable, { signal: ending.signal }).then(over, over);
    return new Response(readable, response);
  }

  #note(method: string, path: string, status: number, ms: number, request: string): void {
    // Ids in paths may be phone numbers.
    const fields = { method, path, status, ms: Math.round(ms), request };
    if (status >= 400) this.options.log.info(fields, "request refused");
    else this.options.log.debug(fields, "request answered");
  }
}

const streams = (response: Response) => response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;

/** What a thrown value looks like on the wire, in the face's words. */
export function failed(thrown: unknown, face: Face | undefined, log: Log, request: Request): Response {
  const failure = asFailure(thrown);
  if (failure.code === "internal") log.error({ err: failure.cause, request: ids.get(request) }, "request failed");
  const { status, body } = (face?.word ?? plainly)(failure);
  const headers: Record<string, string> = {};
  if (failure.retryAfter !== undefined) headers["retry-after"] = String(Math.ceil(failure.retryAfter));
  return Response.json(body, { status, headers });
}
