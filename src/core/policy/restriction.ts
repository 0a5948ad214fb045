import { minute } from "../base/durations.ts";
import type { AccountLimits, RestrictionCause } from "../model/account-limits.ts";
import type { Message } from "../model/message/message.ts";
import { DeliveryRate } from "./delivery-rate.ts";

/** How long nothing leaves before one message tries whether WhatsApp takes it again. */
const restrictionMs = 30 * minute;

/** One person may be closed to the account; so many within `refusalsMs` are the account's own trouble. */
const refusingPeople = 3;
const refusalsMs = 10 * minute;

/** WhatsApp's answer when the account is restricted, and when it may not write to somebody. */
const accountRefused = "402";
const personRefused = "403";

/** What an answer changes. */
export interface RestrictionChange {
  readonly limits: AccountLimits;
  /** Their message failed the trial: somebody else's tries next. */
  readonly held: string | null;
  /** They were held so, and need not be any more. */
  readonly released: readonly string[];
}

/** The restriction should be over, which only an answer of WhatsApp can say: one message at a time tries. */
export function isProbing({ restrictedUntil }: AccountLimits, now: number): boolean {
  return restrictedUntil !== null && restrictedUntil <= now;
}

/**
 * Sees by the answers to messages that WhatsApp takes nothing from the account, or delivers nothing, and when that is over.
 *
 *     free ─ 402 · 403 to three people in ten minutes · too few have their messages → standing: nothing leaves
 *     standing ─ half an hour later → probing: one message at a time ─┬ WhatsApp takes it → free
 *                                                                     └ 402, 403 → standing
 */
export class RestrictionWatch {
  /** When people were refused with 403, and none was taken in between. */
  readonly #refusals = new Map<string, number>();
  readonly #rate = new DeliveryRate();
  /** People whose messages failed the trial. */
  readonly #tried = new Set<string>();

  /** WhatsApp did not take a message. Null when that is about the message and not about the account. */
  refused(chat: string, code: string, isPerson: boolean, limits: AccountLimits, now: number): RestrictionChange | null {
    if (code === accountRefused) return begun(limits, accountRefused, now);
    if (code !== personRefused || !isPerson) return null;
    if (limits.restrictedUntil === null) return this.#isRefusedByMany(chat, now) ? begun(limits, code, now) : null;
    if (limits.restrictedUntil > now) return { limits, held: null, released: [] };
    this.#tried.add(chat);
    return { ...begun(limits, code, now), held: chat };
  }

  /** WhatsApp took a message. */
  taken({ chat, waId }: Message, isPerson: boolean, limits: AccountLimits, now: number): RestrictionChange | null {
    if (isPerson) this.#refusals.clear();
    const { restrictedUntil, restrictedBy } = limits;
    if (restrictedUntil === null) {
      if (!isPerson || !this.#rate.taken(chat, waId, now)) return null;
      this.#rate.clear();
      return begun(limits, "undelivered", now);
    }
    // Groups say nothing of people, and what left before says nothing of what is delivered.
    const isAnswer =
      restrictedBy === "undelivered" ? restrictedUntil <= now : isPerson || restrictedBy === accountRefused;
    if (!isAnswer) return null;
    const released = [...this.#tried];
    this.#tried.clear();
    return { limits: { ...limits, restrictedUntil: null, restrictedBy: null }, held: null, released };
  }

  delivered(waIds: readonly string[]): void {
    this.#rate.delivered(waIds);
  }

  clear(): void {
    this.#refusals.clear();
    this.#rate.clear();
    this.#tried.clear();
  }

  #isRefusedByMany(chat: string, now: number): boolean {
    for (const [other, at] of this.#refusals) if (now - at > refusalsMs) this.#refusals.delete(other);
    this.#refusals.set(chat, now);
    if (this.#refusals.size < refusingPeople) return false;
    this.#refusals.clear();
    return true;
  }
}

function begun(limits: AccountLimits, restrictedBy: RestrictionCause, now: number): RestrictionChange {
  return { limits: { ...limits, restrictedUntil: now + restrictionMs, restrictedBy }, held: null, released: [] };
}
