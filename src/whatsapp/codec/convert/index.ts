import { proto } from "@whiskeysockets/baileys";
import { type Action, type ActionKind, actionKinds } from "../../../core/model/content/action.ts";
import { type Content, type ContentKind, contentKinds, type Context } from "../../../core/model/content/content.ts";
import type { SentContent, SentKind } from "../../../core/model/content/sent.ts";
import { readContext } from "./context.ts";
import type { Carrier, Converter, Reading, KindStanza, Writer, Writing } from "./converter.ts";
import { kindNames, unwrap } from "./envelopes.ts";
import { messageInUnknown, unknownFields } from "../definition/decode.ts";
import type { WebMessage } from "../definition/web-message.ts";
import { only } from "./fields.ts";
import { bestText } from "./readable.ts";
import * as kinds from "./kinds.ts";

type ReadKind = Exclude<ContentKind, "unsupported">;
/** Every kind but `unsupported`, which is what none of these reads. The first that reads a message wins. */
const readers: { [K in ReadKind | ActionKind]: Converter<K> } = kinds;
const readKinds = contentKinds.filter((kind): kind is ReadKind => kind !== "unsupported");

/** Votes and answers are encrypted: see `votes.ts`. */
const writers: { [K in Exclude<SentKind, "poll_vote" | "event_response">]: Writer<K> } = kinds;

const carriers: { [K in SentKind]: Converter<K> & Partial<Carrier<K>> } = kinds;

export interface ConvertedMessage {
  content: Content | Action;
  context: Context;
}

/** What a decrypted message says. Never throws: what we do not know is `unsupported`, by its own name. */
export function toContent(message: WebMessage, reading: Reading): ConvertedMessage {
  const open = unwrap(message);
  try {
    const content = action(open.message, reading) ?? carried(open.message, reading);
    return { content, context: readContext(open, reading) };
  } catch {
    return { content: unsupported(open.message), context: {} };
  }
}

/** What a message says that another one carries. An action inside a message is nothing anybody said. */
export function carried(message: WebMessage, reading: Reading): Content {
  const inner = unwrap(message).message;
  for (const kind of readKinds) {
    const content = readers[kind].read(inner, reading);
    if (content) return content;
  }
  return unsupported(inner);
}

function action(message: WebMessage, reading: Reading): Action | null {
  for (const kind of actionKinds) {
    const done = readers[kind].read(message, reading);
    if (done) return done;
  }
  return null;
}

function unsupported(message: WebMessage): Content {
  const [name] = kindNames(message);
  const [number] = unknownFields(message);
  const protocolType = name === "protocolMessage" ? message.protocolMessage?.type : null;
  const named = protocolType == null ? name : `protocol_${protocolType}`;
  const type = named ?? (number === undefined ? "unknown" : `field_${number}`);
  const inside = messageInUnknown(message);
  return {
    kind: "unsupported",
    type,
    ...only({ text: bestText(message) ?? (inside && bestText(unwrap(inside).message)) }),
  };
}

const { REVOKE, MESSAGE_EDIT, EPHEMERAL_SETTING } = proto.Message.ProtocolMessage.Type;
/** Of all that clients tell each other by protocol messages, what is news for people. */
const news: ReadonlySet<number> = new Set([REVOKE, MESSAGE_EDIT, EPHEMERAL_SETTING]);
/** The newest type of protocol message that is known (wa-proto 2.3000.1045816814, 2026-08). */
const newestType = 37;

/** What clients tell each other in messages of their own: keys, files of shared history, what stands for another device. */
const errands: ReadonlySet<string> = new Set([
  "stickerSyncRmrMessage",
  "groupRootKeyShare",
  "rootSecretDistributeMessage",
  "placeholderMessage",
  "messageHistoryBundle",
  "pollAddOptionMessage",
]);

/** True of a message that holds nothing at all: no words, no errand, no key. */
export function isEmpty(message: WebMessage): boolean {
  const inner = unwrap(message).message;
  const says = Object.keys(inner).some((name) => name !== "messageContextInfo" && name !== "deviceSentMessage");
  const { senderKeyDistributionMessage: key, fastRatchetKeySenderKeyDistributionMessage: fast } = message;
  return !says && !key && !fast && unknownFields(inner).length === 0;
}

/**
 * True of messages that carry no news for people: keys, history and other errands between clients. What is too new for us
 * is news.
 */
export function isProtocolMessage(message: WebMessage): boolean {
  const inner = unwrap(message).message;
  const [first, ...more] = kindNames(inner);
  if (first === undefined) return unknownFields(inner).length === 0;
  if (more.length > 0) return false;
  if (first === "protocolMessage") {
    const type: number = inner.protocolMessage?.type ?? REVOKE;
    return !news.has(type) && type <= newestType;
  }
  return errands.has(first);
}

/** The message WhatsApp gets for a content. */
export function toMessage(content: SentContent, writing: Writing): proto.IMessage {
  const writer = writers[content.kind as keyof typeof writers] as Writer<ContentKind | ActionKind>;
  return writer.write(content, writing);
}

/** What the stanza of a message says beside it. */
export function stanzaOf(content: SentContent, where: Parameters<Carrier<SentKind>["stanza"]>[1]): KindStanza {
  const carrier = carriers[content.kind] as Converter<SentKind> & Partial<Carrier<SentKind>>;
  return carrier.stanza?.(content, where) ?? {};
}
