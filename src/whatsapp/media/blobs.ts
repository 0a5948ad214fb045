import type { WASocket } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { Failure } from "../../core/base/failure.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { BlobFamily } from "../codec/remote.ts";
import type { FileServers } from "./servers.ts";

/** What a notice says of a file of history or app state. */
interface BlobNotice {
  mediaKey?: Uint8Array | null;
  directPath?: string | null;
  fileSha256?: Uint8Array | null;
}

/** A year of an account that talks a lot; what is larger is refused. */
const largest = 512 * 2 ** 20;
/** Milliseconds before each further try. Messages wait meanwhile, so it is seconds. */
const pauses = [250, 1_000, 3_000];
const mostRemembered = 1_000;

export interface BlobPorts {
  readonly servers: FileServers;
  readonly clock: Clock;
  readonly socket: () => Pick<WASocket, "refreshMediaConn">;
}

/** Files of history and app state: fetched as media is, with what a message's file is trusted by, and several times. */
export class Blobs {
  readonly #ports: BlobPorts;
  readonly #fetched = new Map<string, true>();
  readonly #missing = new Set<string>();

  constructor(ports: BlobPorts) {
    this.#ports = ports;
  }

  /** Files that were announced and could not be fetched so far. */
  get missing(): number {
    return this.#missing.size;
  }

  /** Whether the file is here, or is nowhere any more, by its path. */
  has(path: string): boolean {
    return this.#fetched.has(path);
  }

  /** The file's bytes, opened; for Baileys, which reads it as it comes. Throws when every try has failed. */
  async *fetch(notice: BlobNotice, family: BlobFamily): AsyncIterable<Uint8Array> {
    const path = notice.directPath ?? "";
    for (let attempt = 0; ; attempt++) {
      try {
        const bytes = await this.#bytes(notice, family);
        this.#settle(path);
        yield bytes;
        return;
      } catch (error) {
        // Nobody will ever have it.
        if (error instanceof Failure && error.code === "gone") this.#settle(path);
        else this.#missing.add(path);
        const pause = this.has(path) ? undefined : pauses[attempt];
        if (pause === undefined) throw error;
        await new Promise<void>((done) => this.#ports.clock.after(pause, done));
      }
    }
  }

  #settle(path: string): void {
    this.#missing.delete(path);
    this.#fetched.set(path, true);
    dropOldest(this.#fetched, mostRemembered);
  }

  // Whole, since half of it must not be taken for all of it.
  async #bytes({ mediaKey, directPath, fileSha256 }: BlobNotice, family: BlobFamily): Promise<Buffer> {
    const { servers, socket } = this.#ports;
    const { hosts } = await socket().refreshMediaConn(false);
    const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString("base64");
    const remote = {
      family,
      url: `https://${hosts[0]?.hostname ?? ""}/`,
      directPath: directPath ?? "",
      mediaKey: text(mediaKey),
      fileSha256: text(fileSha256),
    };
    const chunks: Uint8Array[] = [];
    for await (const chunk of servers.fetch(JSON.stringify(remote), largest)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}
