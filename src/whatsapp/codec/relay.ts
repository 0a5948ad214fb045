import type { BinaryNode } from "@whiskeysockets/baileys";
import type { OutgoingMessage } from "../../core/model/message/message.ts";
import { stanzaOf } from "./convert/index.ts";

/** What a stanza says of its message beside the message. `now` in milliseconds. */
export function relayOptions(
  { chat, content }: OutgoingMessage,
  now: number,
): { edit: string | undefined; nodes: BinaryNode[] } {
  const { edit, node } = stanzaOf(content, { chat, now });
  return { edit, nodes: node === undefined ? [] : [node] };
}
