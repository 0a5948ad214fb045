import type { Socket } from "node:net";

/** The proxy itself is at fault: it is not there, does not speak as it should, or refuses the user name. */
export class ProxyFault extends Error {
  constructor(
    readonly reason: "proxy_unavailable" | "proxy_refused",
    readonly words: string,
  ) {
    super(words);
  }
}

/** The proxy works, and does not reach what was asked for. */
export class TargetFault extends Error {
  constructor(readonly words: string) {
    super(words);
  }
}

/** Reads what a proxy says before it lets data through; what comes after that stays in the socket. */
export class HandshakeReader {
  #buffer: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake = () => {};

  readonly #socket: Socket;
  readonly #hear = (chunk: Buffer): void => {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    this.#wake();
  };
  readonly #end = (): void => {
    this.#ended = true;
    this.#wake();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", this.#hear);
    for (const last of ["end", "close", "error"]) socket.on(last, this.#end);
  }

  /** Exactly so many bytes. */
  async bytes(count: number): Promise<Buffer> {
    while (this.#buffer.length < count) await this.#more();
    return this.#take(count);
  }

  /** Up to and with `end`; null when that is farther than `most` bytes away. */
  async until(end: string, most: number): Promise<string | null> {
    for (;;) {
      const at = this.#buffer.indexOf(end);
      if (at >= 0) return this.#take(at + end.length).toString("latin1");
      if (this.#buffer.length > most) return null;
      await this.#more();
    }
  }

  /** Gives the socket back, with what came too early. */
  release(): void {
    this.#socket.pause();
    this.#socket.off("data", this.#hear);
    for (const last of ["end", "close", "error"]) this.#socket.off(last, this.#end);
    if (this.#buffer.length > 0) this.#socket.unshift(this.#buffer);
    this.#buffer = Buffer.alloc(0);
  }

  #take(count: number): Buffer {
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new ProxyFault("proxy_unavailable", "The proxy closed the connection without an answer");
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
  }
}
