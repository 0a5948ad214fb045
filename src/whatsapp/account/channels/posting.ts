import { type BinaryNode, proto } from "@whiskeysockets/baileys";
import type { SignalOf } from "../../../core/ports/connector.ts";
import type { Content } from "../../../core/model/content/content.ts";
import { Failure } from "../../../core/base/failure.ts";
import type { OutgoingMessage } from "../../../core/model/message/message.ts";
import { natural } from "../../codec/convert/fields.ts";
import { isChannel } from "../../wire/jid.ts";
import { acknowledgement } from "../../codec/receipts.ts";
import { encoded } from "../../codec/writing.ts";

/** How a stanza names what it holds, as WhatsApp's own clients do. */
const mediaTypes: Partial<Record<Content["kind"], string>> = {
  image: "image",
  video: "video",
  gif: "gif",
  video_note: "ptv",
  audio: "audio",
  voice: "ptt",
  document: "document",
  sticker: "sticker",
};

/**
 * A message to a channel, as the server takes it: open, edits and deletions under the post's own id, reactions by its
 * number (whatsmeow, `sendNewsletter` and `NewsletterSendReaction`). `handle` is of the file it shows.
 */
export function channelPostNode(
  { waId, chat, content }: OutgoingMessage,
  wire: Uint8Array,
  handle: string | null,
): BinaryNode {
  const to = { to: chat, ...(handle === null ? {} : { media_id: handle }) };
  switch (content.kind) {
    case "reaction": {
      const { server_id: number } = content.target;
      if (!number)
        throw new Failure("invalid", "A reaction to a post takes its number: say { id, server_id } as the target.");
      const undo = content.emoji === null ? { edit: "7" } : {};
      const code = content.emoji === null ? {} : { code: content.emoji };
      const attrs = { to: chat, id: waId, type: "reaction", server_id: String(number), ...undo };
      return { tag: "message", attrs, content: [{ tag: "reaction", attrs: code }] };
    }
    case "delete":
      return stanza({ ...to, id: content.target.id, type: "text", edit: "8" }, undefined, Buffer.alloc(0));
    case "edit": {
      const words = proto.Message.decode(wire).protocolMessage?.editedMessage ?? {};
      const said = content.content ?? { kind: "text" as const };
      const mediaType = mediaTypes[said.kind];
      const type = typeOf(said);
      return stanza({ ...to, id: content.target.id, type, edit: "3" }, mediaType, encoded(words));
    }
    default:
      return stanza({ ...to, id: waId, type: typeOf(content) }, mediaTypes[content.kind as Content["kind"]], wire);
  }
}

function typeOf({ kind }: Pick<Content, "kind"> | OutgoingMessage["content"]): string {
  if (kind === "poll") return "poll";
  return kind in mediaTypes ? "media" : "text";
}

function stanza(attrs: BinaryNode["attrs"], mediatype: string | undefined, content: Uint8Array): BinaryNode {
  return {
    tag: "message",
    attrs,
    content: [{ tag: "plaintext", attrs: mediatype ? { mediatype } : {}, content }],
  };
}

/** Whose answer an ack is: edits and deletions in channels travel under the id of the post they change. */
export class PostAnswers {
  readonly #sent = new Map<string, string[]>();

  leaving(waId: string, stanzaId: string): void {
    // Sent again: the answer to the former attempt did not come.
    const others = (this.#sent.get(stanzaId) ?? []).filter((one) => one !== waId);
    this.#sent.set(stanzaId, [...others, waId]);
  }

  answer(node: BinaryNode): SignalOf<"ack"> {
    const ack = acknowledgement(node);
    if (!isChannel(node.attrs.from)) return ack;
    const [waId = ack.waId, ...others] = this.#sent.get(ack.waId) ?? [];
    if (others.length > 0) this.#sent.set(ack.waId, others);
    else this.#sent.delete(ack.waId);
    const serverId = waId === ack.waId ? natural(node.attrs.server_id) : 0;
    return { ...ack, waId, ...(serverId > 0 ? { serverId } : {}) };
  }
}
