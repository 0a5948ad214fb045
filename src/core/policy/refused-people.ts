import { dropOldest } from "../base/drop-oldest.ts";

const mostRemembered = 2_000;

/** What is known of somebody when WhatsApp refuses a message to them with 463. */
export interface Refused {
  /** They have not written lately. */
  readonly isStranger: boolean;
  /** The message leaves again unless the account is locked. */
  readonly isAgain: boolean;
  /** They are held because nobody said whether it is. */
  readonly isUndecided: boolean;
}

/** People to whom messages were refused, until WhatsApp says whether that was about them or about the account. */
export class RefusedPeople {
  readonly #waiting = new Map<string, Refused>();
  /** Who know us and were refused while the account was locked. */
  readonly #lockedOut = new Set<string>();

  /** They were refused before, and what that meant nobody has said. */
  isUnexplained(chat: string): boolean {
    return this.#waiting.has(chat);
  }

  add(chat: string, refused: Refused): void {
    this.#waiting.set(chat, refused);
    dropOldest(this.#waiting, mostRemembered);
  }

  /** Whom to let go, and whom to hold: no lock keeps an answer from leaving, so what refused it would do so again. */
  answered(isLocked: boolean): { released: string[]; held: string[] } {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    const of = (which: (refused: Refused) => boolean) =>
      waiting.filter(([, refused]) => which(refused)).map(([chat]) => chat);
    if (!isLocked) {
      const released = [...this.#lockedOut, ...of(({ isUndecided }) => isUndecided)];
      this.#lockedOut.clear();
      return { released, held: [] };
    }
    const held = of(({ isStranger }) => !isStranger);
    for (const chat of held) this.#lockedOut.add(chat);
    dropOldest(this.#lockedOut, mostRemembered);
    // The lock holds strangers, so they need not be held themselves.
    return { released: of(({ isStranger, isAgain }) => isStranger && !isAgain), held };
  }

  clear(): void {
    this.#waiting.clear();
    this.#lockedOut.clear();
  }
}
