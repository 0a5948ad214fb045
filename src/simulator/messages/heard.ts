import type { MessageContent } from "../content/content.ts";

/** A message that a simulated person decrypted. */
export interface Heard {
  readonly id: string;
  readonly text: string | undefined;
  readonly message: MessageContent;
  /** The sender's JID without device, addressed as the message was. */
  readonly from: string;
  /** The chat it stands in, seen from whoever heard it: the sender's JID, or a group's. */
  readonly chat: string;
  /** The sending device, such as `6281…:1@s.whatsapp.net`. */
  readonly device: string;
  /** The `type` of the encryption it came in. */
  readonly encryption: "pkmsg" | "msg" | "skmsg";
  /** Unix milliseconds. */
  readonly at: number;
  /** Whether a companion of the hearer's own account sent it. */
  readonly fromMe: boolean;
  /** How often the same id came again after this. */
  duplicates: number;
  /** Sends a read receipt. */
  read(): void;
}

/** What a person waits for: an exact text, a pattern, or a test. */
export type Matcher = string | RegExp | ((heard: Heard) => boolean);

export function matches(heard: Heard, matcher: Matcher): boolean {
  if (typeof matcher === "function") return matcher(heard);
  if (typeof matcher === "string") return heard.text === matcher;
  return heard.text !== undefined && matcher.test(heard.text);
}

/** What one person has heard so far, and what of it nobody waited for yet. */
export class Inbox {
  readonly all: Heard[] = [];
  readonly #fresh = new Set<Heard>();
  readonly #byKey = new Map<string, Heard>();

  /** False when the same message was heard before. */
  add(heard: Heard): boolean {
    const key = `${heard.device} ${heard.id}`;
    const before = this.#byKey.get(key);
    if (before) {
      before.duplicates++;
      return false;
    }
    this.#byKey.set(key, heard);
    this.all.push(heard);
    this.#fresh.add(heard);
    return true;
  }

  /** The oldest fresh message that matches, which is then no longer fresh. */
  take(matcher: Matcher): Heard | undefined {
    for (const heard of this.#fresh) {
      if (!matches(heard, matcher)) continue;
      this.#fresh.delete(heard);
      return heard;
    }
    return undefined;
  }
}
