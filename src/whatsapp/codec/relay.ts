import type { MessageRelayOptions } from "@whiskeysockets/baileys";
import type { OutgoingMessage } from "../../core/model/message/message.ts";
import { stanzaOf } from "./convert/index.ts";

/** What a stanza says of its message beside the message. `now` in milliseconds. */
export function relayOptions({ waId, chat, content, context }: OutgoingMessage, now: number): MessageRelayOptions {
  const { edit, node } = stanzaOf(content, { chat, now });
  return {
    messageId: waId,
    ...(context.audience ? { statusJidList: context.audience } : {}),
    ...(edit === undefined ? {} : { additionalAttributes: { edit } }),
    ...(node === undefined ? {} : { additionalNodes: [node] }),
  };
}
