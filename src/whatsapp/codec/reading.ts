import { createHash } from "node:crypto";
import { areJidsSameUser, type proto } from "@whiskeysockets/baileys";
import type { MessageRef } from "../../core/model/content/parts.ts";
import type { Envelope } from "../../core/model/message/message.ts";
import { carried } from "./convert/index.ts";
import type { Reading } from "./convert/converter.ts";
import type { Me } from "./incoming.ts";
import { bare } from "../wire/jid.ts";

type Where = Pick<Envelope, "id" | "chat" | "sender" | "fromMe" | "isGroup">;

/** How to read a message that came in at `device`. */
export function readingOf(from: Where, device: string, me: Me): Reading {
  return {
    get mediaId() {
      return mediaIdOf(device, from);
    },
    target: (key) => targetOf(key, from, me),
    other: (message, id, sender) => carried(message, readingOf({ ...from, id, sender: sender ?? "" }, device, me)),
  };
}

/**
 * The id of the file in a message: the same whenever it is asked, so that a message which is read twice, or quoted,
 * still names one file.
 */
export function mediaIdOf(device: string, { chat, sender, id }: Pick<Where, "chat" | "sender" | "id">): string {
  return createHash("sha256").update(`${device}|${chat}|${sender}|${id}`).digest("base64url").slice(0, 22);
}

/** A key says who wrote the message from its sender's point of view; we tell it from ours. */
function targetOf(key: proto.IMessageKey | null | undefined, from: Where, me: Me): MessageRef {
  const author = authorOf(key, from, me);
  return { id: key?.id ?? "", sender: author && bare(author), from_me: author !== null && isMe(author, me) };
}

function authorOf(key: proto.IMessageKey | null | undefined, from: Where, me: Me): string | null {
  if (key?.participant) return key.participant;
  if (key?.fromMe) return from.sender;
  if (from.isGroup) return null;
  return from.fromMe ? from.chat : me.id;
}

function isMe(jid: string, me: Me): boolean {
  return areJidsSameUser(jid, me.id) || (me.lid !== null && areJidsSameUser(jid, me.lid));
}
