import { announced, type Message, unanswered } from "../../core/model/message/message.ts";

/** A message as its table has it. */
export type MessageRow = Omit<Message, "content" | "context" | "forced"> & {
  content: string;
  context: string;
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

/** What many messages of a bulk have in common stands with the bulk; their own is null. */
const own = (column: string) =>
  `iif(message.${column} = 'null', (SELECT bulk.${column} FROM bulk WHERE bulk.id = message.bulk), message.${column}) AS ${column}`;

export const messageColumns = `id, wa_id AS "waId", device, chat, bulk, ${own("content")}, ${own("context")}, wire, state, delivery, reason, error, lane AS "priority",
  by_hand AS "forced", created_at AS "createdAt", not_before AS "notBefore", send_at AS "sendAt",
  expires_at AS "expiresAt", sent_at AS "sentAt", updated_at AS "updatedAt"`;

export function messageOf(row: MessageRow): Message {
  return { ...row, content: JSON.parse(row.content), context: JSON.parse(row.context), forced: row.forced === 1 };
}
