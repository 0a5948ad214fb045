/** What a look at one thing found. */
export interface Finding {
  readonly ok: boolean;
  /** A sentence for people: what is, and what to do when it is not well. */
  readonly sentence: string;
  /** Mends it; absent where a person must. */
  readonly fix?: () => void;
}

export const well = (sentence: string): Finding => ({ ok: true, sentence });
export const amiss = (sentence: string, fix?: () => void): Finding => ({ ok: false, sentence, ...(fix && { fix }) });
