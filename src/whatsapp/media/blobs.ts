import type { WASocket } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { Failure } from "../../core/base/failure.ts";
import { Turns } from "../../core/base/turns.ts";
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
/** Milliseconds before each further try. Messages do not wait for it; the notice is looked at again later. */
const pauses = [250, 1_000, 3_000];
const mostRemembered = 1_000;

export interface BlobPorts {
  readonly servers: FileServers;
  readonly clock: Clock;
  readonly socket: () => Pick<WASocket, "refreshMediaConn">;
  /** A file of the account's state could not be fetched. */
  stateFailed(): void;
}

/** Files of history and app state: fetched as media is, with what a message's file is trusted by, and several times. */
export class Blobs {
  readonly #ports: BlobPorts;
  readonly #fetched = new Map<string, true>();
  readonly #missing = new Set<string>();
  /** How often each was asked for in vain, several tries each time. */
  readonly #rounds = new Map<string, number>();
  /** Of those, the ones that the file server said it has not. */
  readonly #gone = new Set<string>();
  /** Of the missing ones, those of the account's state. */
  readonly #ofState = new Set<string>();
  /** How many want each file now, by its path. */
  readonly #wanted = new Map<string, number>();
  /** One file of history at a time: each is held in memory whole. */
  readonly #turns = new Turns();

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

  /** Whether the file server has it not, as it said last: the phone may bring it again, and servers err. */
  isGone(path: string): boolean {
    return this.#gone.has(path);
  }

  /** How often it was asked for in vain, several tries each time. */
  rounds(path: string): number {
    return this.#rounds.get(path) ?? 0;
  }

  /** Nobody will ever have it. */
  giveUp(path: string): void {
    this.#settle(path);
  }

  /** Whatever files of the account's state are missing, what they held is here. */
  stateIsHere(): void {
    for (const path of this.#ofState) this.#settle(path);
    this.#ofState.clear();
  }

  /** Whether it is being fetched, or waits for its turn or its next try. */
  isWanted(path: string): boolean {
    return this.#wanted.has(path);
  }

  /** The file's bytes, opened; for Baileys, which reads it as it comes. Throws when every try has failed. */
  async *fetch(notice: BlobNotice, family: BlobFamily): AsyncIterable<Uint8Array> {
    const path = notice.directPath ?? "";
    this.#wanted.set(path, (this.#wanted.get(path) ?? 0) + 1);
    try {
      yield await this.#tried(path, () =>
        family === "history" ? this.#turns.take(() => this.#bytes(notice, family)) : this.#bytes(notice, family),
      );
    } catch (error) {
      if (family === "app_state") {
        this.#ofState.add(path);
        this.#ports.stateFailed();
      }
      throw error;
    } finally {
      const others = (this.#wanted.get(path) ?? 1) - 1;
      if (others > 0) this.#wanted.set(path, others);
      else this.#wanted.delete(path);
    }
  }

  async #tried(path: string, get: () => Promise<Buffer>): Promise<Buffer> {
    for (let attempt = 0; ; attempt++) {
      try {
        const bytes = await get();
        this.#settle(path);
        return bytes;
      } catch (error) {
        this.#missing.add(path);
        if (error instanceof Failure && error.code === "gone") this.#gone.add(path);
        else this.#gone.delete(path);
        const pause = pauses[attempt];
        if (pause === undefined) {
          this.#rounds.set(path, this.rounds(path) + 1);
          throw error;
        }
        await new Promise<void>((done) => this.#ports.clock.after(pause, done));
      }
    }
  }

  #settle(path: string): void {
    this.#missing.delete(path);
    this.#gone.delete(path);
    this.#rounds.delete(path);
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
