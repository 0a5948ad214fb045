import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren, proto } from "@whiskeysockets/baileys";
import type { ChannelPost, ShownPost } from "../../../core/model/message/channel.ts";
import type { SignalOf } from "../../../core/ports/connector.ts";
import { isAction } from "../../../core/model/content/action.ts";
import { moment, natural } from "../../codec/convert/fields.ts";
import { isProtocolMessage, toContent } from "../../codec/convert/index.ts";
import type { Reader } from "../../codec/incoming.ts";
import { remoteOf } from "../../codec/remote.ts";
import { readingOf } from "../../codec/reading.ts";

/** `edit` of a stanza (WA Web's `EDIT_ATTR`): an admin's new words, and an admin's deletion. */
const edited = "3";
const deleted = "8";

/**
 * What a stanza of a channel says. Posts are not encrypted and pass no journal: whoever acknowledges them must have
 * written them. Null of one without words, such as a reaction of our own phone.
 */
export function postSignal(stanza: BinaryNode, reader: Reader): SignalOf<"post" | "post_deleted"> | null {
  const { from: channel = "", id = "", t } = stanza.attrs;
  const name = { channel, id, serverId: natural(stanza.attrs.server_id) || null };
  const timestamp = moment(t);
  if (stanza.attrs.edit === deleted) return { type: "post_deleted", post: name, at: timestamp * 1000 };
  const wire = plaintextOf(stanza);
  if (!wire) return null;
  const fromMe = stanza.attrs.is_sender === "true";
  const said = saidIn(wire, { ...name, fromMe, timestamp }, reader);
  return said && { type: "post", edited: editedAt(stanza, timestamp), ...said };
}

/** An edit comes as the new words under the old id; `meta` has the time (whatsmeow, `NewsletterMessageMeta`). */
function editedAt(stanza: BinaryNode, timestamp: number): number | null {
  // Milliseconds, unlike every other time here.
  const at = natural(getBinaryNodeChild(stanza, "meta")?.attrs.msg_edit_t);
  if (moment(at / 1000) > 0) return at;
  return stanza.attrs.edit === edited ? timestamp * 1000 : null;
}

/** Posts in the answer to a question for them. */
export function shownPosts(
  channel: string,
  answer: BinaryNode | undefined,
  reader: Reader,
): { post: ShownPost; wire: Uint8Array; remote: string | null }[] {
  return getBinaryNodeChildren(answer, "message").flatMap((stanza) => {
    const signal = postSignal({ ...stanza, attrs: { ...stanza.attrs, from: channel, edit: "" } }, reader);
    if (signal?.type !== "post") return [];
    const { post, wire, remote } = signal;
    return [{ post: { ...post, ...countsOf(Array.isArray(stanza.content) ? stanza.content : []) }, wire, remote }];
  });
}

/** What people made of a post. */
export function countsOf(parts: readonly BinaryNode[]): Pick<ShownPost, "views" | "reactions"> {
  const views = parts.find(({ tag }) => tag === "views_count");
  const reactions = parts.find(({ tag }) => tag === "reactions");
  return {
    views: views ? natural(views.attrs.count) : null,
    reactions: getBinaryNodeChildren(reactions, "reaction").flatMap(({ attrs }) =>
      attrs.code ? [{ emoji: attrs.code, count: natural(attrs.count) }] : [],
    ),
  };
}

function saidIn(wire: Uint8Array, name: Omit<ChannelPost, "content" | "context">, { device, me }: Reader) {
  const { id, channel: chat, fromMe, timestamp } = name;
  const where = { id, chat, sender: chat, fromMe, isGroup: false };
  const message = decoded(wire);
  if (!message) return { post: { ...name, content: malformed, context: {} }, wire, remote: null };
  if (isProtocolMessage(message)) return null;
  const { content, context } = toContent(message, readingOf(where, device, me));
  if (isAction(content)) return null;
  const incoming = { ...where, names: [], wire: { chat, sender: chat }, pushName: null, timestamp, content, context };
  return { post: { ...name, content, context }, wire, remote: remoteOf(incoming, wire) };
}

const malformed = { kind: "unsupported", type: "malformed" } as const;

function decoded(wire: Uint8Array): proto.IMessage | null {
  try {
    return proto.Message.decode(wire);
  } catch {
    return null;
  }
}

function plaintextOf(stanza: BinaryNode): Uint8Array | null {
  const content = getBinaryNodeChildren(stanza, "plaintext")[0]?.content;
  return content instanceof Uint8Array && content.length > 0 ? content : null;
}
