import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { User } from "../accounts/user.ts";
import type { Random } from "../base/random.ts";
import type { MessageContent } from "../content/content.ts";
import { hkdf, openGcm, sealGcm } from "../crypto/cipher.ts";
import { authorOf, contentOfTarget, keyOf, type SendTarget } from "./target.ts";

/**
 * What is sealed with the secret of the message it is for, and by which words its key is derived: whatsmeow msgsecret.go,
 * whatsapp-rust secret_enc_addon.rs, zapo addon-crypto.ts (2026-08); Baileys#2541 (2026-05-08).
 */
export const ADDITION_USES = [
  "Poll Vote",
  "Event Response",
  "Event Edit",
  "Message Edit",
  "Poll Edit",
  "Poll Add Option",
  "Enc Reaction",
  "Enc Comment",
] as const;
export type AdditionUse = (typeof ADDITION_USES)[number];

/** Whom an addition is for and by: the id of the message, who wrote it, who adds to it; bare JIDs. */
export interface AdditionNames {
  readonly id: string;
  readonly author: string;
  readonly editor: string;
}

/** Votes and answers are bound to message and editor beside the key. */
const BOUND: ReadonlySet<AdditionUse> = new Set<AdditionUse>(["Poll Vote", "Event Response"]);

/** HKDF-SHA256 over the message's secret, no salt, 32 bytes; id, author, editor and use stand in it without separators. */
export function additionKey(secret: Uint8Array, names: AdditionNames, use: AdditionUse): Buffer {
  return hkdf(secret, 32, `${names.id}${names.author}${names.editor}${use}`);
}

function boundTo({ id, editor }: AdditionNames, use: AdditionUse): Buffer {
  return BOUND.has(use) ? Buffer.from(`${id}\0${editor}`) : Buffer.alloc(0);
}

/** AES-256-GCM with a 12-byte IV, the tag at the end. */
export function sealAddition(
  secret: Uint8Array,
  names: AdditionNames,
  use: AdditionUse,
  plain: Uint8Array,
  encIv: Buffer,
): Buffer {
  return sealGcm(additionKey(secret, names, use), encIv, plain, boundTo(names, use));
}

/** Opens it. Throws when it is sealed for another message, author, editor or use. */
export function openAddition(
  secret: Uint8Array,
  names: AdditionNames,
  use: AdditionUse,
  sealed: { encIv?: Uint8Array | null; encPayload?: Uint8Array | null },
): Buffer {
  if (sealed.encIv?.length !== 12 || !sealed.encPayload) throw new Error("an addition without its 12-byte iv");
  return openGcm(additionKey(secret, names, use), sealed.encIv, sealed.encPayload, boundTo(names, use));
}

/** The secret of a message; undefined of one that came without. */
export function secretOf(target: SendTarget): Uint8Array | undefined {
  return contentOfTarget(target).messageContextInfo?.messageSecret ?? undefined;
}

/** Who adds what to which message. `editor` is the JID that `by` goes under in the chat. */
export interface Addition {
  readonly by: User;
  readonly editor: string;
  readonly random: Random;
  readonly target: SendTarget;
}

function sealedFor({ editor, random, target }: Addition, use: AdditionUse, plain: Uint8Array) {
  const secret = secretOf(target);
  if (!secret) throw new Error("the message came without the secret that additions are sealed with");
  const encIv = random.bytes(12);
  const names = { id: target.id, author: authorOf(target), editor };
  return { encIv, encPayload: sealAddition(secret, names, use, plain, encIv) };
}

const SEALED_EDITS = { "Event Edit": 1, "Message Edit": 2, "Poll Edit": 4, "Poll Add Option": 5 } as const;

/** An edit of a message, an event or a poll, as `secretEncryptedMessage`. */
export function sealedEdit(
  addition: Addition,
  use: keyof typeof SEALED_EDITS,
  content: MessageContent,
): MessageContent {
  const { encIv, encPayload } = sealedFor(addition, use, proto.Message.encode(content).finish());
  const targetMessageKey = keyOf(addition.by, addition.target);
  // By way of an object, since the installed definition has no name for the newer kinds.
  const parts = { targetMessageKey, encIv, encPayload, secretEncType: SEALED_EDITS[use] };
  return { secretEncryptedMessage: proto.Message.SecretEncryptedMessage.fromObject(parts) };
}

/** A reaction in a chat where the server must not know what it is about. */
export function sealedReaction(addition: Addition, emoji: string): MessageContent {
  const plain = proto.Message.ReactionMessage.encode({ text: emoji, senderTimestampMs: Date.now() }).finish();
  const targetMessageKey = keyOf(addition.by, addition.target);
  return { encReactionMessage: { targetMessageKey, ...sealedFor(addition, "Enc Reaction", plain) } };
}

/** A comment under a message; its own secret stands outside, so that it can be reacted to. */
export function sealedComment(addition: Addition, text: string): MessageContent {
  const plain = proto.Message.encode({ extendedTextMessage: { text } }).finish();
  const targetMessageKey = keyOf(addition.by, addition.target);
  return {
    encCommentMessage: { targetMessageKey, ...sealedFor(addition, "Enc Comment", plain) },
    messageContextInfo: { messageSecret: addition.random.bytes(32) },
  };
}

/** Who comes to an event, or does not. */
export function sealedAnswer(addition: Addition, answer: "going" | "not-going" | "maybe"): MessageContent {
  const { EventResponseType } = proto.Message.EventResponseMessage;
  const response = {
    going: EventResponseType.GOING,
    "not-going": EventResponseType.NOT_GOING,
    maybe: EventResponseType.MAYBE,
  }[answer];
  const plain = proto.Message.EventResponseMessage.encode({ response, timestampMs: Date.now() }).finish();
  const eventCreationMessageKey = keyOf(addition.by, addition.target);
  return { encEventResponseMessage: { eventCreationMessageKey, ...sealedFor(addition, "Event Response", plain) } };
}
