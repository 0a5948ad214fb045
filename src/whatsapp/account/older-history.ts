import type { WASocket } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import type { AccountEvent } from "../../core/ports/connector.ts";
import type { MessageRef } from "../../core/model/content/parts.ts";
import { messageKeyOf } from "../codec/writing.ts";

/** The phone answers within seconds when it is on. */
const answerMs = 60_000;

/** Asks the phone for messages of a chat that are older than what is known here; they come as history. */
export class OlderHistory {
  readonly #clock: Clock;
  readonly #refused: (news: AccountEvent) => void;
  readonly #asked = new Map<string, { chat: string; cancel: () => void }>();

  constructor(clock: Clock, refused: (news: AccountEvent) => void) {
    this.#clock = clock;
    this.#refused = refused;
  }

  /** `at` is when the oldest message was sent, Unix milliseconds. Resolves to the id of the request. */
  async ask(sock: WASocket, chat: string, oldest: { target: MessageRef; at: number }, count: number): Promise<string> {
    const request = await sock.fetchMessageHistory(count, messageKeyOf(chat, oldest.target), oldest.at);
    const cancel = this.#clock.after(answerMs, () => this.#late(request));
    this.#asked.set(request, { chat, cancel });
    return request;
  }

  /** The chat that an answer is about; undefined of history that nobody asked for here. */
  answered(request: string | null | undefined): string | undefined {
    const asked = this.#asked.get(request ?? "");
    if (!asked) return undefined;
    asked.cancel();
    this.#asked.delete(request ?? "");
    return asked.chat;
  }

  /** Who asked hears that nobody answered. */
  stop(): void {
    for (const request of this.#asked.keys()) this.#late(request);
  }

  #late(request: string): void {
    const chat = this.answered(request);
    if (chat === undefined) return;
    const data = { chat, request, reason: "no_answer" as const };
    this.#refused({ type: "history.refused", chat, at: this.#clock.now(), once: `older|${request}`, data });
  }
}
