import type { EventData, NewEvent } from "../events/events.ts";
import type { Acquaintance } from "../model/waiting.ts";
import { isPersonJid } from "./recipient.ts";

/** What is remembered of people, for the governor: per device and address. */
export interface Acquaintances {
  /** Null of somebody new. Both addresses of a person answer the same, once it is known that they belong together. */
  get(device: string, chat: string): Promise<Omit<Acquaintance, "isPerson"> | null>;
  /** Forgets everybody: the account of the device is another one from now on. */
  forget(device: string): Promise<void>;
}

/** What happened between us and a person. Milliseconds since 1970. */
export interface AcquaintanceChange {
  chat: string;
  /** Their other address (LID or phone number), as far as this tells it. */
  also?: string | null;
  /** They wrote: nothing is held back from them any more, and what waits for them may leave. */
  heardAt?: number;
  saidAt?: number;
  heldUntil?: number | null;
}

/** What every event about somebody's message says. */
type Envelope = EventData<"message.undecryptable">;

/** Who was met in these events: one change for each person, however much they wrote. */
export function meetings(events: readonly NewEvent[], now: number): AcquaintanceChange[] {
  const met = new Map<string, AcquaintanceChange>();
  for (const { type, chat, data } of events) {
    if (chat === null || !isPersonJid(chat)) continue;
    if ("from_me" in data && !data.from_me)
      met.set(chat, { ...met.get(chat), chat, also: other(data as Envelope), heardAt: now });
    else if ("from_me" in data || type === "message.sent") met.set(chat, { ...met.get(chat), chat, saidAt: now });
  }
  return [...met.values()];
}

function other({ chat, sender_phone: phone, sender_lid: lid }: Envelope): string | null {
  if (chat.endsWith("@lid")) return phone === null ? null : `${phone}@s.whatsapp.net`;
  return lid;
}
