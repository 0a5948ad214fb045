import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { User } from "../accounts/user.ts";
import { hmac, openGcm, sealGcm, sha256 } from "../crypto/cipher.ts";
import type { Random } from "../base/random.ts";
import type { Content } from "../content/content.ts";
import { authorOf, contentOfTarget, keyOf, type Target } from "./target.ts";

const { Type } = proto.Message.ProtocolMessage;

/** A reaction; an empty one takes the former back. */
export function reaction(by: User, target: Target, emoji: string): Content {
  return { reactionMessage: { key: keyOf(by, target), text: emoji, senderTimestampMs: Date.now() } };
}

export function edit(by: User, target: Target, text: string): Content {
  const editedMessage = { conversation: text };
  return {
    protocolMessage: { key: keyOf(by, target), type: Type.MESSAGE_EDIT, editedMessage, timestampMs: Date.now() },
  };
}

export function deletion(by: User, target: Target): Content {
  return { protocolMessage: { key: keyOf(by, target), type: Type.REVOKE } };
}

/** A text that quotes another message. */
export function reply(target: Target, text: string): Content {
  const contextInfo = { stanzaId: target.id, participant: authorOf(target), quotedMessage: contentOfTarget(target) };
  return { extendedTextMessage: { text, contextInfo } };
}

/** A poll with one choice, or several. */
export function poll(random: Random, question: string, options: readonly string[], several: boolean): Content {
  const pollCreationMessageV3 = {
    name: question,
    options: options.map((optionName) => ({ optionName })),
    selectableOptionsCount: several ? 0 : 1,
  };
  return { pollCreationMessageV3, messageContextInfo: { messageSecret: random.bytes(32) } };
}

/** A vote on a poll. Voter and author are the JIDs they go by in the chat. */
export function vote(by: User, random: Random, target: Target, options: readonly string[], voter: string): Content {
  const plain = proto.Message.PollVoteMessage.encode({
    selectedOptions: options.map((option) => sha256(Buffer.from(option))),
  }).finish();
  const encIv = random.bytes(12);
  const { key, extra } = voteKey(target, voter);
  return {
    pollUpdateMessage: {
      pollCreationMessageKey: keyOf(by, target),
      vote: { encIv, encPayload: sealGcm(key, encIv, plain, extra) },
      senderTimestampMs: Date.now(),
    },
  };
}

/** The options someone voted for. Throws when the vote is not for this poll or not by this voter. */
export function openVote(target: Target, content: Content, voter: string): string[] {
  const sealed = content.pollUpdateMessage?.vote;
  if (!sealed?.encIv || !sealed.encPayload) throw new Error("this is no vote");
  const { key, extra } = voteKey(target, voter);
  const opened = proto.Message.PollVoteMessage.decode(openGcm(key, sealed.encIv, sealed.encPayload, extra));
  const chosen = new Set(opened.selectedOptions.map((hash) => Buffer.from(hash).toString("hex")));
  return optionsOf(target).filter((option) => chosen.has(sha256(Buffer.from(option)).toString("hex")));
}

function pollOf(target: Target) {
  const { pollCreationMessage, pollCreationMessageV2, pollCreationMessageV3 } = contentOfTarget(target);
  return pollCreationMessageV3 ?? pollCreationMessageV2 ?? pollCreationMessage;
}

function optionsOf(target: Target): string[] {
  return pollOf(target)?.options?.flatMap(({ optionName }) => optionName ?? []) ?? [];
}

// Key derivation of poll votes ("Poll Vote" is the use case), as clients do it.
function voteKey(target: Target, voter: string): { key: Buffer; extra: Buffer } {
  const secret = contentOfTarget(target).messageContextInfo?.messageSecret;
  if (!secret) throw new Error("this message is no poll, or it came without its secret");
  const parts = [target.id, authorOf(target), voter, "Poll Vote"].map((text) => Buffer.from(text));
  const inner = hmac(Buffer.alloc(32), secret);
  return { key: hmac(inner, ...parts, Buffer.from([1])), extra: Buffer.from(`${target.id}\0${voter}`) };
}
