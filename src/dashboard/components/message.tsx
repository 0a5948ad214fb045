import type { ApiAnswer } from "../base/api.ts";
import { ago, dateTime } from "../base/time.ts";
import { fill, w, wordFor } from "../words/words.ts";

/** A message that was sent or is to be, as `/v1/devices/:id/messages` shows it. */
export interface MessageJson {
  message_id: string;
  status: string;
  to: string;
  content: Record<string, unknown> & { kind: string };
  reason: string | null;
  /** Why it failed: a code, or what WhatsApp answered. */
  error: string | null;
  /** Unix seconds, while it waits. */
  release_at: number | null;
  created_at: number;
  sent_at: number | null;
}

export const idOf = ({ message_id }: MessageJson): string => message_id;
export const nextOf = ({ cursor }: ApiAnswer<MessageJson[]>) => cursor;

/** Why it waits and until when, in a sentence. */
export function releaseOf({ reason, release_at }: MessageJson): string {
  const why = wordFor(w.outbox.reasons, reason ?? "");
  if (release_at === null) return why;
  return fill(w.outbox.until, { why, when: ago(release_at), time: dateTime(release_at) });
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
