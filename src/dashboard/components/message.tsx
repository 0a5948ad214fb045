import type { ApiAnswer } from "../base/api.ts";
import { ago, dateTime } from "../base/time.ts";
import { fill, w, wordFor } from "../words/words.ts";
import type { Schemas } from "../base/schemas.ts";

/** A message that was sent or is to be. Lists of many devices say whose it is. */
export type MessageJson = Schemas["OutgoingMessage"];

export const idOf = ({ message_id }: MessageJson): string => message_id;
export const nextOf = ({ cursor }: ApiAnswer<MessageJson[]>) => cursor;

/** Why it waits and until when, in a sentence. */
export function releaseOf({ reason, release_at }: MessageJson): string {
  const why = wordFor(w.outbox.reasons, reason ?? "");
  if (release_at === null) return why;
  return fill(w.outbox.until, { why, when: ago(release_at), time: dateTime(release_at) });
}

/** Why it failed, in a sentence. */
export function whyFailed({ reason, error }: MessageJson): string {
  const known = (w.outbox.fails as Record<string, string>)[reason ?? ""];
  if (known !== undefined) return fill(w.outbox.failed, { error: known });
  if (reason !== null && /^\d+$/.test(reason)) return fill(w.outbox.refused, { code: reason });
  return fill(w.outbox.failed, { error: error ?? "" });
}

const tones: Record<string, string> = {
  waiting: "busy",
  queued: "busy",
  sending: "busy",
  failed: "bad",
  cancelled: "calm",
};

export const StatusBadge = ({ status }: { status: string }) => (
  <span class={`badge ${tones[status] ?? "good"}`}>{wordFor(w.send.states, status)}</span>
);
