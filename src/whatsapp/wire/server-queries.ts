import type { BinaryNode, WASocket } from "@whiskeysockets/baileys";
import { S_WHATSAPP_NET } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { Failure } from "../../core/base/failure.ts";
import { refusedQuestion, sendFailure } from "./send-failure.ts";

/** After "asked too much" nobody asks for so long. */
const restMs = 1_000;
/** And for so long, or until an answer comes, messages leave one at a time. */
const carefulMs = 60_000;

/** What sending asks of WhatsApp: each answer is there or a failure that says whether it passes. */
export class ServerQueries {
  #toldAt = -Infinity;
  #leftAt = -Infinity;

  readonly #socket: () => WASocket;
  readonly #clock: Clock;

  constructor(socket: () => WASocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** A message is to leave. Throws `rate_limited` when it would be the second within a second of those in which WhatsApp rests. */
  leave(): void {
    const now = this.#clock.monotonic();
    if (now < this.#toldAt + carefulMs && now < this.#leftAt + restMs) throw refusedQuestion("429");
    this.#leftAt = now;
  }

  /** Throws `rate_limited`, `unavailable`, `timeout` for what passes, `refused` for what does not. */
  async ask(xmlns: string, type: "get" | "set", content: BinaryNode[]): Promise<BinaryNode> {
    if (this.#clock.monotonic() < this.#toldAt + restMs) throw refusedQuestion("429");
    try {
      const iq = { tag: "iq", attrs: { to: S_WHATSAPP_NET, xmlns, type }, content };
      // What Baileys types as an answer is nothing when none came in time.
      const answer = (await this.#socket().query(iq)) as BinaryNode | undefined;
      if (!answer) throw new Failure("timeout", "WhatsApp did not answer in time.");
      this.#toldAt = -Infinity;
      return answer;
    } catch (error) {
      const failure = sendFailure(error);
      if (failure instanceof Failure && failure.code === "rate_limited") this.#toldAt = this.#clock.monotonic();
      throw failure;
    }
  }
}
