import type { StoredMessage } from "../../core/ports/history.ts";

/** A row of the table `said`. */
export interface StoredRow {
  place: number;
  id: string;
  chat: string;
  sender: string;
  fromMe: number;
  pushName: string | null;
  at: number;
  content: string;
  context: string;
  editedAt: number | null;
  deletedAt: number | null;
  starred: number;
  serverId: number | null;
  wireChat: string | null;
  wireSender: string | null;
}

export const storedColumns = `said.place, said.id, said.chat, said.sender, said.from_me AS "fromMe",
  said.push_name AS "pushName", said.at, said.content, said.context, said.edited_at AS "editedAt",
  said.deleted_at AS "deletedAt", said.starred, said.server_id AS "serverId",
  said.wire_chat AS "wireChat", said.wire_sender AS "wireSender"`;

export function storedOf(row: StoredRow): StoredMessage {
  const { id, chat, sender, pushName, at, editedAt, deletedAt, serverId, wireChat, wireSender } = row;
  return {
    id,
    chat,
    sender,
    pushName,
    at,
    editedAt,
    deletedAt,
    serverId,
    fromMe: row.fromMe === 1,
    starred: row.starred === 1,
    addressed: { chat: wireChat ?? chat, sender: wireSender ?? sender },
    content: JSON.parse(row.content),
    context: JSON.parse(row.context),
  };
}
