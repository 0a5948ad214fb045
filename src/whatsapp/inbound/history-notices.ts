import type { BinaryNode } from "@whiskeysockets/baileys";
import { dropOldest } from "../../core/base/drop-oldest.ts";

/** A part of the history, as its notice and what is read from it name it. */
export interface HistoryPart {
  readonly syncType?: number | null;
  readonly chunkOrder?: number | null;
  /** Of history that was asked for: the request. */
  readonly peerDataRequestSessionId?: string | null;
}

/** What the phone said of a part of the history. `path`: of the file that holds it; null when it came along. */
export interface HistoryNotice {
  readonly id: string;
  /** Of its journal entry. */
  readonly hash: string;
  readonly part: HistoryPart;
  readonly path: string | null;
  /** The phone was asked to bring this part again, and it is told already. */
  readonly isDouble?: boolean;
}

interface OpenNotice extends HistoryNotice {
  isDouble: boolean;
  /** Its file was not here when it came, so the phone is not told yet that it is. */
  readonly isOwed: boolean;
  /** What Baileys would have sent. */
  receipt: BinaryNode | null;
  /** How often it was looked at since its file is here, and was not told. */
  looks: number;
}

const mostOpen = 1_000;

/**
 * Parts of the history that were announced and are not told yet. Baileys tells the phone that it has a part (`hist_sync`) when
 * the notice of its file has come. The file may fail for hours: the receipt leaves once what stands in it is written, or
 * once nobody will ever have it.
 */
export class HistoryNotices {
  /** By the notice's id. */
  readonly #open = new Map<string, OpenNotice>();
  /** By part: the notice under which it was told. */
  readonly #told = new Map<string, string>();
  /** Parts that the phone was asked to bring again. */
  readonly #asked = new Set<string>();
  /** Those of them that are told, and that it may still bring. */
  readonly #doubles = new Set<string>();
  readonly #send: (receipt: BinaryNode) => void;

  constructor(send: (receipt: BinaryNode) => void) {
    this.#send = send;
  }

  /** `isOwed`: its file is not here yet. One that came before is known. */
  came(notice: HistoryNotice, isOwed: boolean): void {
    if (this.#open.has(notice.id)) return;
    const key = keyOf(notice.part);
    // One that Baileys was given again may be told meanwhile; it is not the one that the phone was asked for.
    const isDouble = this.#told.get(key) === notice.id || this.#doubles.delete(key);
    this.#open.set(notice.id, { ...notice, isOwed, isDouble, receipt: null, looks: 0 });
    dropOldest(this.#open, mostOpen);
  }

  isOpen(id: string): boolean {
    return this.#open.has(id);
  }

  /** Whether this receipt is kept back. */
  holds(node: BinaryNode): boolean {
    const owed = isOfHistory(node) ? this.#open.get(node.attrs.id ?? "") : undefined;
    if (!owed?.isOwed) return false;
    owed.receipt = node;
    return true;
  }

  /** All that announced this part, the oldest first: the phone may bring one again. */
  of(part: HistoryPart): HistoryNotice[] {
    const key = keyOf(part);
    return [...this.#open.values()].filter((one) => keyOf(one.part) === key);
  }

  /** The phone is asked to bring a part again once. */
  isFirstRequest({ part }: HistoryNotice): boolean {
    const isFirst = !this.#asked.has(keyOf(part));
    this.#asked.add(keyOf(part));
    dropOldest(this.#asked, mostOpen);
    return isFirst;
  }

  looks(id: string): number {
    return this.#open.get(id)?.looks ?? 0;
  }

  /** One more look at what is here and not told; returns how many there were. */
  looked(id: string): number {
    const notice = this.#open.get(id);
    return notice ? ++notice.looks : 0;
  }

  isDouble(id: string): boolean {
    return this.#open.get(id)?.isDouble === true;
  }

  /** What these announced is told; what the later ones bring is no news any more. */
  told([first, ...others]: readonly HistoryNotice[]): void {
    for (const { id } of others) {
      const notice = this.#open.get(id);
      if (notice) notice.isDouble = true;
    }
    if (!first) return;
    if (!first.isDouble) this.#told.set(keyOf(first.part), first.id);
    dropOldest(this.#told, mostOpen);
    this.settle(first.id, true);
  }

  /** The notice under which this part was told last: what Baileys reads a second time is told under the same name. */
  lastTold(part: HistoryPart): string | undefined {
    return this.#told.get(keyOf(part));
  }

  /** `isTold`: else it never will be. */
  settle(id: string, isTold: boolean): void {
    const notice = this.#open.get(id);
    if (!notice || !this.#open.delete(id)) return;
    const key = keyOf(notice.part);
    // It may have come again already.
    if (isTold && !notice.isDouble && this.#asked.has(key)) this.#expectDouble(key);
    if (notice.receipt) this.#send(notice.receipt);
  }

  #expectDouble(key: string): void {
    const again = [...this.#open.values()].filter(({ part }) => keyOf(part) === key);
    for (const notice of again) notice.isDouble = true;
    if (again.length === 0) this.#doubles.add(key);
    dropOldest(this.#doubles, mostOpen);
  }
}

const keyOf = ({ syncType, chunkOrder, peerDataRequestSessionId: request }: HistoryPart): string =>
  `${syncType ?? 0}|${chunkOrder ?? 0}|${request ?? ""}`;

const isOfHistory = ({ tag, attrs }: BinaryNode): boolean => tag === "receipt" && attrs.type === "hist_sync";
