import { randomBytes } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { type ActionOf, isAction } from "../../core/model/content/action.ts";
import { sealWithSecret } from "../codec/sealing.ts";
import { Failure } from "../../core/base/failure.ts";
import type { History } from "../../core/ports/history.ts";
import type { OutgoingMessage } from "../../core/model/message/message.ts";
import type { Uploaded } from "../codec/convert/converter.ts";
import { kindNames, unwrap } from "../codec/convert/envelopes.ts";
import type { Me } from "../codec/incoming.ts";
import { me, nameOfRef } from "../../core/model/message/message-name.ts";
import { statusChat } from "../../core/model/recipient.ts";
import { bare, isGroup, isLid, isPerson } from "../wire/jid.ts";
import { messageSecretOf } from "../codec/additions.ts";
import { type EncryptedVote, isEncryptedVote, encryptVote } from "../codec/votes.ts";
import { encoded, messageKeyOf, written } from "../codec/writing.ts";

export interface ComposerPorts {
  history: Pick<History, "wire">;
  clock: Clock;
  /** The device's uid. */
  device: string;
  me: Me;
  /** A person's JID as a chat's members know it. */
  nameIn(chat: string, person: string): Promise<string>;
  /** The JID of the account that a number leads to: in some countries another number. */
  accountOf(person: string): Promise<string>;
  /** A person's other JID, by number or LID; null when it is not known. */
  alias(person: string): Promise<string | null>;
  /** Whether a chat is a community's announcements. */
  isAnnouncements(chat: string): Promise<boolean>;
  /** The name that the account writes to a chat by. */
  chatName(chat: string): Promise<string>;
  /** Brings a message's file to WhatsApp; null for a message without. */
  upload(message: OutgoingMessage): Promise<Uploaded | null>;
  /** The thumbnail of a file here; null when there is none. */
  thumbnail(mediaId: string): Promise<Uint8Array | null>;
}

/** A message as WhatsApp gets it, with what it quotes, what it is sealed with and its file. */
export async function composed(message: OutgoingMessage, ports: ComposerPorts): Promise<Uint8Array> {
  const { content, chat, context } = message;
  const now = ports.clock.now();
  if (isEncryptedVote(content)) return encoded(await encryptedVoteOf(message, content, now, ports));
  const sealed = content.kind === "reaction" ? await sealedReaction(message, content, ports) : null;
  if (sealed) return encoded(sealed);
  const { reply_to: reply } = context;
  const wire = reply ? await quotedWire(chat, reply, ports) : null;
  const upload = await ports.upload(message);
  const picture = content.kind === "text" ? content.preview?.media_id : undefined;
  const thumbnail = picture === undefined ? null : await ports.thumbnail(picture);
  const aimed = { ...message, content: await aimedAt(content, chat, ports) };
  const addressed = { ...(await called(aimed, ports)), chat: await ports.chatName(chat) };
  const secret = randomBytes(32);
  const whole = written(addressed, { now, secret, upload, thumbnail, quoted: wire && quotable(wire) });
  return encoded(isAction(content) ? whole : withSecret(whole, secret));
}

/** What others add to a message (reactions, comments, edits) is sealed with its secret. */
function withSecret(message: proto.IMessage, messageSecret: Uint8Array): proto.IMessage {
  return { ...message, messageContextInfo: { messageSecret, ...message.messageContextInfo } };
}

/**
 * The same, with everybody called as the chat's other members know them: who is answered, and who is mentioned, in the
 * list and in the words. A client marks `@` and the first part of a JID, and in a group by LID knows no other.
 */
async function called(message: OutgoingMessage, ports: ComposerPorts): Promise<OutgoingMessage> {
  const { chat, context } = message;
  const { reply_to: reply, mentions } = context;
  const answered = reply ? { reply_to: await inChat(reply, chat, ports) } : {};
  if (!mentions) return { ...message, context: { ...context, ...answered } };
  let { content } = message;
  const named = new Set<string>();
  for (const jid of mentions) {
    const account = await ports.accountOf(jid);
    const name = await ports.nameIn(chat, account);
    named.add(name);
    for (const known of [jid, account, await ports.alias(account)])
      if (known !== null) content = renamed(content, userOf(known), userOf(name));
  }
  return { ...message, content, context: { ...context, ...answered, mentions: [...named] } };
}

const userOf = (jid: string): string => jid.split("@")[0] ?? "";

/** The content with `@to` wherever its words say `@from`. */
function renamed<T extends OutgoingMessage["content"]>(content: T, from: string, to: string): T {
  if (from === to) return content;
  const say = (words: string) => words.replaceAll(new RegExp(`@${from}(?!\\d)`, "g"), `@${to}`);
  if (content.kind === "edit") return { ...content, content: renamed(content.content as typeof content, from, to) };
  if (content.kind === "poll")
    return { ...content, question: say(content.question), options: content.options.map((option) => say(option)) };
  if ("text" in content && typeof content.text === "string") return { ...content, text: say(content.text) };
  if ("caption" in content && typeof content.caption === "string") return { ...content, caption: say(content.caption) };
  return content;
}

/** What speaks of a message of a group, by the name that the others know its author by. */
async function aimedAt<T extends OutgoingMessage["content"]>(
  content: T,
  chat: string,
  ports: ComposerPorts,
): Promise<T> {
  if (!isGroup(chat) || !isAction(content) || !("target" in content)) return content;
  return { ...content, target: await inChat(content.target, chat, ports) };
}

/** The same message, whose author goes by the name that the chat's other members know. */
async function inChat<T extends { sender: string | null }>(said: T, chat: string, ports: ComposerPorts): Promise<T> {
  return said.sender === null ? said : { ...said, sender: await ports.nameIn(chat, said.sender) };
}

async function encryptedVoteOf({ chat }: OutgoingMessage, vote: EncryptedVote, now: number, ports: ComposerPorts) {
  const target = await inChat(vote.target, chat, ports);
  const wire = await ports.history.wire(ports.device, nameOfRef(chat, vote.target));
  const secret = wire && messageSecretOf(wire);
  if (!secret)
    throw new Failure("gone", "The poll or event is not kept here any more, so nobody could read the answer.");
  const own = ports.me;
  // The names that seal are those that the stanza goes by.
  const author = await ports.nameIn(chat, target.sender ?? chat);
  // Answered under the identity that the question was asked under, as the other clients expect.
  const editor = bare(isLid(author) && own.lid ? own.lid : own.id);
  return encryptVote(
    vote,
    messageKeyOf(await ports.chatName(chat), target),
    secret,
    { id: target.id, author, editor },
    now,
  );
}

/**
 * In a community's announcements a plain reaction is shown to nobody: it is sealed with the secret of the message it is for
 * (whatsmeow msgsecret.go, whatsapp-rust, 2026-08). Null anywhere else, and where the secret is not known.
 */
async function sealedReaction(
  { chat }: OutgoingMessage,
  { target, emoji }: ActionOf<"reaction">,
  ports: ComposerPorts,
): Promise<proto.IMessage | null> {
  if (!(await ports.isAnnouncements(chat))) return null;
  const wire = await ports.history.wire(ports.device, nameOfRef(chat, target));
  const secret = wire && messageSecretOf(wire);
  if (!secret) return null;
  const named = await inChat(target, chat, ports);
  const [author, editor] = [target.sender ?? ports.me.id, ports.me.id].map((jid) => ports.nameIn(chat, jid));
  const names = { id: target.id, author: bare((await author) ?? ""), editor: bare((await editor) ?? "") };
  const said = { text: emoji ?? "", senderTimestampMs: ports.clock.now() };
  const plain = proto.Message.ReactionMessage.encode(said).finish();
  return {
    encReactionMessage: {
      targetMessageKey: messageKeyOf(chat, named),
      ...sealWithSecret(plain, secret, "reaction", names),
    },
  };
}

/** The message that is answered, in its chat or, where that is a person's, among the status posts. */
async function quotedWire(
  chat: string,
  { id, sender }: NonNullable<OutgoingMessage["context"]["reply_to"]>,
  { history, device, me: { id: own, lid } }: ComposerPorts,
): Promise<Uint8Array | null> {
  const isOwn = sender !== null && [own, lid].some((jid) => jid !== null && bare(jid) === bare(sender));
  const author = isOwn ? me : sender;
  const wire = await history.wire(device, { chat, author, id });
  return wire ?? (isPerson(chat) ? history.wire(device, { chat: statusChat, author, id }) : null);
}

/** A message as it stands in a quote: without what it quoted itself, and without its secret. */
function quotable(wire: Uint8Array): proto.IMessage {
  const { message } = unwrap(proto.Message.decode(wire));
  const [name] = kindNames(message);
  if (name === undefined) return { conversation: "" };
  const said = message[name as keyof proto.IMessage];
  return { [name]: typeof said === "object" ? { ...said, contextInfo: null } : said };
}
