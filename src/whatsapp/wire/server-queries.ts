import type { BinaryNode, WASocket } from "@whiskeysockets/baileys";
import { S_WHATSAPP_NET } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { Failure } from "../../core/base/failure.ts";
import { Turns } from "../../core/base/turns.ts";
import { sendFailure } from "./send-failure.ts";

/** Between two of what leaves while WhatsApp is asked too much. */
const restMs = 1_000;
/** So long after it said so, or until it answers. */
const carefulMs = 60_000;

/**
 * What sending asks of WhatsApp: each answer is there or a failure that says whether it passes. While WhatsApp says 429,
 * questions and messages wait for each other and leave one a second.
 */
export class ServerQueries {
  #toldAt = -Infinity;
  #leftAt = -Infinity;
  readonly #waiting = new Turns();

  readonly #socket: () => WASocket;
  readonly #clock: Clock;

  constructor(socket: () => WASocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** WhatsApp said that it was asked too much. */
  tooMuch(): void {
    this.#toldAt = this.#clock.monotonic();
  }

  /** Something is to leave: resolves when it may, which is at once unless WhatsApp is asked too much. */
  async turn(): Promise<void> {
    if (this.#isCareful) await this.#waiting.take(() => this.#rested());
    this.#leftAt = this.#clock.monotonic();
  }

  get #isCareful(): boolean {
    return this.#clock.monotonic() < this.#toldAt + carefulMs;
  }

  /** A second has passed since the last; of two that wait the second waits for the first. */
  async #rested(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const left = Math.max(this.#leftAt, this.#toldAt) + restMs - this.#clock.monotonic();
    if (left > 0) this.#clock.after(left, resolve);
    else resolve();
    await promise;
    this.#leftAt = this.#clock.monotonic();
  }

  /** Throws `rate_limited`, `unavailable`, `timeout` for what passes, `refused` for what does not. */
  async ask(xmlns: string, type: "get" | "set", content: BinaryNode[]): Promise<BinaryNode> {
    await this.turn();
    try {
      const iq = { tag: "iq", attrs: { to: S_WHATSAPP_NET, xmlns, type }, content };
      // What Baileys types as an answer is nothing when none came in time.
      const answer = (await this.#socket().query(iq)) as BinaryNode | undefined;
      if (!answer) throw new Failure("timeout", "WhatsApp did not answer in time.");
      this.#toldAt = -Infinity;
      return answer;
    } catch (error) {
      const failure = sendFailure(error);
      if (failure instanceof Failure && failure.code === "rate_limited") this.tooMuch();
      throw failure;
    }
  }
}
