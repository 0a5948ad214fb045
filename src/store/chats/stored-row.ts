import type { Sealing } from "../seal/sealing.ts";
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

/** A part of what was said, as it is kept. */
export function sealedSaid(seal: Sealing, part: "content" | "context", key: SaidKey, text: string): string {
  return seal.contents?.sealText(`said.${part}|${key.device}|${key.id}`, text) ?? text;
}

export function openedSaid(seal: Sealing, part: "content" | "context", key: SaidKey, text: string): string {
  return seal.contents?.openText(`said.${part}|${key.device}|${key.id}`, text) ?? text;
}

/** As WhatsApp has it. What was stripped is empty. */
export function sealedWire({ contents }: Sealing, { device, id }: SaidKey, wire: Uint8Array): Uint8Array {
  return contents?.seal(`said.wire|${device}|${id}`, wire) ?? wire;
}

export function openedWire({ contents }: Sealing, { device, id }: SaidKey, wire: Uint8Array): Uint8Array {
  return wire.length === 0 ? wire : (contents?.open(`said.wire|${device}|${id}`, wire) ?? wire);
}

interface SaidKey {
  device: string;
  id: string;
}

export function storedOf(row: StoredRow, device: string, seal: Sealing): StoredMessage {
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
    content: JSON.parse(openedSaid(seal, "content", { device, id }, row.content)),
    context: JSON.parse(openedSaid(seal, "context", { device, id }, row.context)),
  };
}
