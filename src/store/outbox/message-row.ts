import { isSealedText, type Sealer } from "../seal/cipher.ts";
import type { Sealing } from "../seal/sealing.ts";
import { announced, type Message, unanswered } from "../../core/model/message/message.ts";

/** A message as its table has it. */
export type MessageRow = Omit<Message, "content" | "context" | "forced"> & {
  /** Null when it was dropped, and with its bulk. */
  content: string | null;
  context: string | null;
  forced: number;
};

/** The condition of those that are neither sent nor given up; indexes carry it word for word. */
export const unsettled = "state IN ('queued', 'waiting', 'sending')";
/** Of the open ones, those that certainly have not left. */
export const notSent = `(state = 'waiting' OR (state = 'queued' AND reason IS NOT '${unanswered}'))`;
/** An album whose announcement WhatsApp has: it holds nothing back, and does not leave again. */
export const isAnnounced = `state = 'sending' AND reason IS '${announced}'`;
export const givenUp = "state IN ('failed', 'cancelled')";

/** The table by one of its indexes: what waits is few, what ever was sent is many, and SQLite does not know. */
export const indexedBy = (index: string) => `message INDEXED BY ${index}`;

/** What many messages of a bulk have in common stands with the bulk; their own is null. So is what was dropped. */
const own = (column: string) =>
  `iif(message.${column} = 'null', (SELECT bulk.${column} FROM bulk WHERE bulk.id = message.bulk), message.${column}) AS ${column}`;

export const messageColumns = `id, wa_id AS "waId", device, chat, bulk, ${own("content")}, ${own("context")}, wire, state, delivery, reason, error, lane AS "priority",
  by_hand AS "forced", created_at AS "createdAt", not_before AS "notBefore", send_at AS "sendAt",
  expires_at AS "expiresAt", sent_at AS "sentAt", updated_at AS "updatedAt"`;

export function messageOf(row: MessageRow, { contents }: Sealing): Message {
  const opened = (part: "content" | "context") =>
    (contents === null ? row[part] : openedDraft(contents, row, part)) ?? dropped[part];
  const wire = row.wire === null ? null : (contents?.open(place("wire", row), row.wire) ?? row.wire);
  const said = { content: JSON.parse(opened("content")), context: JSON.parse(opened("context")), wire };
  return { ...row, ...said, forced: row.forced === 1 };
}

/** What stands for what a tenant that keeps no contents had. */
const dropped = { content: '{"kind":"text","text":""}', context: "{}" } as const;

type Key = Pick<Message, "device" | "waId">;
const place = (part: "content" | "context" | "wire", { device, waId }: Key) => `message.${part}|${device}|${waId}`;

/** What stands with the bulk is sealed for the bulk, and stands in a list so that the two can be told apart. */
function openedDraft(sealer: Sealer, row: MessageRow, part: "content" | "context"): string | null {
  const text = row[part];
  if (text === null) return null;
  if (isSealedText(text)) return sealer.openText(place(part, row), text);
  return sealer.openText(`bulk.${part}|${row.bulk}`, text.slice(1, -1));
}

/** As it is kept; what is null stands with the bulk. */
export function sealedDraft({ contents }: Sealing, key: Key, part: "content" | "context", text: string): string {
  return text === "null" ? text : (contents?.sealText(place(part, key), text) ?? text);
}

export function sealedShared({ contents }: Sealing, bulk: string, part: "content" | "context", text: string): string {
  return contents === null ? text : `[${contents.sealText(`bulk.${part}|${bulk}`, text)}]`;
}

export function sealedMessageWire({ contents }: Sealing, key: Key, wire: Uint8Array): Uint8Array {
  return contents?.seal(place("wire", key), wire) ?? wire;
}
