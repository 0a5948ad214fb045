import { type BinaryNode, getBinaryNodeChild } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import type { ServerQueries } from "../wire/server-queries.ts";

/** Between two questions that can wait. The second waits for 12 s: after 20 Baileys takes them for unanswered. */
const gapMs = 6_000;

/** What Baileys asks of every connection at once, and nothing waits for. */
const patient: readonly (readonly [xmlns: string, tag: string])[] = [
  ["privacy", "privacy"],
  ["blocklist", ""],
];

/**
 * The first minutes after a link. An operator saw 35 % of his fresh links ended by WhatsApp, many within seconds
 * (whatsmeow#1211, 2026-07-30), and nobody knows what draws its attention; so what can wait does, one question after the
 * other. What somebody asks for himself goes at once.
 */
export class FirstMinutes {
  readonly #clock: Clock;
  readonly #queries: Pick<ServerQueries, "turn">;
  readonly #waiting = new Set(patient);
  #held = 0;

  constructor(clock: Clock, queries: Pick<ServerQueries, "turn">) {
    this.#clock = clock;
    this.#queries = queries;
  }

  /** As it leaves, now or a little later. */
  outgoing(node: BinaryNode): BinaryNode | Promise<BinaryNode> {
    const kind = [...this.#waiting].find(([xmlns, tag]) => isQuestion(node, xmlns, tag));
    if (!kind) return node;
    this.#waiting.delete(kind);
    this.#held += 1;
    const { promise, resolve } = Promise.withResolvers<BinaryNode>();
    this.#clock.after(this.#held * gapMs, () => resolve(this.#inTurn(node)));
    return promise;
  }

  /** While WhatsApp is asked too much, it leaves in its turn with all else. */
  async #inTurn(node: BinaryNode): Promise<BinaryNode> {
    await this.#queries.turn();
    return node;
  }
}

const isQuestion = (node: BinaryNode, xmlns: string, tag: string): boolean =>
  node.tag === "iq" &&
  node.attrs.type === "get" &&
  node.attrs.xmlns === xmlns &&
  (tag === "" || getBinaryNodeChild(node, tag) !== undefined);
