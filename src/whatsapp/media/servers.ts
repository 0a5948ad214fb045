import { Failure } from "../../core/base/failure.ts";
import { fileTooLarge } from "../../core/base/file-too-large.ts";
import { directly, type Traveller, type WayOut } from "../../core/base/way-out.ts";
import type { WaysOut } from "../../core/ports/ways-out.ts";
import type { MediaSource } from "../../core/ports/media.ts";
import { webUserAgent } from "../wire/user-agent.ts";
import { authorities } from "../wire/trust.ts";
import { base64Bytes, parsed } from "../codec/remote.ts";
import { addressOf } from "./file-address.ts";
import { checked, decrypted } from "./encryption.ts";

const origin = "https://web.whatsapp.com";
/** How long a file server may take to begin its answer. */
const answerMs = 20_000;
/** How long it may say nothing in the middle of a file. */
const silenceMs = 20_000;

const postMs = 10 * 60_000;

interface FileRequest {
  method: "GET" | "POST";
  body?: AsyncIterable<Uint8Array>;
  headers?: Record<string, string>;
}

export interface MediaServerOptions {
  /** PEM file of authorities to trust besides the usual ones. */
  ca?: string;
  /** WhatsApp's own address when it is not WhatsApp's: its file servers are then on the same machine. */
  url?: string;
}

/** Where files are, for every device: each reaches it by its own way. */
export class MediaServers implements MediaSource {
  readonly #place: FilePlace;
  readonly #ways: WaysOut;

  constructor({ ca, url }: MediaServerOptions, ways: WaysOut) {
    this.#ways = ways;
    this.#place = {
      tls: ca === undefined ? null : { ca: authorities(ca) },
      besides: url === undefined ? null : new URL(url).hostname,
    };
  }

  by(way: WayOut): FileServers {
    return new FileServers(this.#place, way);
  }

  fetch(remote: string, limit: number, traveller: Traveller): AsyncIterable<Uint8Array> {
    return this.by(this.#ways.of(traveller)).fetch(remote, limit);
  }
}

interface FilePlace {
  tls: { ca: string[] } | null;
  /** A host that may have files besides WhatsApp's. */
  besides: string | null;
}

/** WhatsApp's file servers, over https, by one way. */
export class FileServers {
  readonly #place: FilePlace;
  readonly #way: WayOut;

  constructor(place: FilePlace, way: WayOut = directly) {
    this.#place = place;
    this.#way = way;
  }

  async *fetch(remote: string, limit: number): AsyncIterable<Uint8Array> {
    const file = parsed(remote);
    const response = await this.request(addressOf(file, this.#place.besides), { method: "GET" });
    if (response.status === 404 || response.status === 410 || response.status === 403) {
      await response.body?.cancel();
      throw new Failure("gone", "WhatsApp does not keep this file any more.");
    }
    if (!response.ok || !response.body)
      throw new Failure("unavailable", "WhatsApp's file server did not give the file.");
    const body = capped(response.body, limit);
    // Only a channel's file has no key: `remoteOf` takes no other without.
    if (file.mediaKey === "") yield* checked(body, base64Bytes(file.fileSha256));
    else yield* decrypted(body, base64Bytes(file.mediaKey), file.family, base64Bytes(file.fileSha256));
  }

  /** Throws `unavailable` when nobody answers. What is posted may take its time. */
  async request(url: string, { headers, body, ...request }: FileRequest): Promise<Response> {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), request.method === "GET" ? answerMs : postMs);
    try {
      const via = await this.#way.open();
      return await fetch(url, {
        ...request,
        ...(body ? { body: streamOf(body) } : {}),
        headers: { origin, "user-agent": webUserAgent, ...headers },
        redirect: "error",
        signal: ending.signal,
        ...(via === null ? {} : { proxy: { url: via, respectNoProxy: false }, keepalive: false }),
        ...(this.#place.tls ? { tls: this.#place.tls } : {}),
      });
    } catch (error) {
      const trouble = this.#way.trouble(new URL(url).hostname);
      if (trouble) throw new Failure("unavailable", `${trouble.words}.`, { cause: error });
      throw new Failure("unavailable", "WhatsApp's file server could not be reached.", { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

function streamOf(bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void (await chunks.return?.()),
  });
}

async function* capped(body: ReadableStream<Uint8Array>, limit: number): AsyncIterable<Uint8Array> {
  // A sealed file is a little larger than the file.
  const most = limit + 64;
  let size = 0;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), silenceMs);
      if (done) return;
      size += value.length;
      if (size > most) throw fileTooLarge(limit);
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Failure("timeout", "WhatsApp's file server stopped in the middle of the file.")),
    ms,
  );
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
