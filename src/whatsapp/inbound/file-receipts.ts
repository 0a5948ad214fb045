import type { BinaryNode } from "@whiskeysockets/baileys";

/** A part of the history, as its notice and what is read from it name it. */
export interface HistoryPart {
  readonly syncType?: number | null;
  readonly chunkOrder?: number | null;
}

interface OwedReceipt {
  readonly part: string;
  /** What Baileys would have sent. */
  receipt: BinaryNode | null;
}

const keyOf = ({ syncType, chunkOrder }: HistoryPart): string => `${syncType ?? 0}|${chunkOrder ?? 0}`;

/**
 * Baileys tells the phone that it has a part of the history (`hist_sync`) when the notice of its file has come. The file may
 * fail for hours: the receipt leaves once what stands in it is written, or once nobody will ever have it.
 */
export class FileReceipts {
  /** By the notice's id. */
  readonly #owed = new Map<string, OwedReceipt>();
  readonly #send: (receipt: BinaryNode) => void;

  constructor(send: (receipt: BinaryNode) => void) {
    this.#send = send;
  }

  /** A notice came, whose file is not here yet. */
  owe(id: string, part: HistoryPart): void {
    if (!this.#owed.has(id)) this.#owed.set(id, { part: keyOf(part), receipt: null });
  }

  /** Whether this receipt is kept back. */
  holds(node: BinaryNode): boolean {
    const owed = isOfHistory(node) ? this.#owed.get(node.attrs.id ?? "") : undefined;
    if (owed) owed.receipt = node;
    return owed !== undefined;
  }

  /** What a part holds is written. */
  stored(part: HistoryPart): void {
    const key = keyOf(part);
    const [id] = [...this.#owed].find(([, owed]) => owed.part === key && owed.receipt) ?? [];
    if (id !== undefined) this.settle(id);
  }

  settle(id: string): void {
    const { receipt } = this.#owed.get(id) ?? {};
    this.#owed.delete(id);
    if (receipt) this.#send(receipt);
  }
}

const isOfHistory = ({ tag, attrs }: BinaryNode): boolean => tag === "receipt" && attrs.type === "hist_sync";
