import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { User } from "../accounts/user.ts";
import { sha256 } from "../crypto/cipher.ts";
import type { Random } from "../base/random.ts";
import type { MessageContent } from "../content/content.ts";
import { openAddition, sealAddition, secretOf } from "./sealed.ts";
import { authorOf, contentOfTarget, keyOf, type SendTarget } from "./target.ts";

const { Type } = proto.Message.ProtocolMessage;

/** A reaction; an empty one takes the former back. */
export function reaction(by: User, target: SendTarget, emoji: string): MessageContent {
  return { reactionMessage: { key: keyOf(by, target), text: emoji, senderTimestampMs: Date.now() } };
}

export function edit(by: User, target: SendTarget, text: string): MessageContent {
  const editedMessage = { conversation: text };
  return {
    protocolMessage: { key: keyOf(by, target), type: Type.MESSAGE_EDIT, editedMessage, timestampMs: Date.now() },
  };
}

/** An event of a group, such as a meeting; `startsAt` in Unix seconds. */
export function event(random: Random, name: string, startsAt: number): MessageContent {
  const eventMessage = { name, startTime: startsAt, isCanceled: false };
  return { eventMessage, messageContextInfo: { messageSecret: random.bytes(32) } };
}

export function deletion(by: User, target: SendTarget): MessageContent {
  return { protocolMessage: { key: keyOf(by, target), type: Type.REVOKE } };
}

/** A text that quotes another message. */
export function reply(target: SendTarget, text: string): MessageContent {
  const contextInfo = { stanzaId: target.id, participant: authorOf(target), quotedMessage: contentOfTarget(target) };
  return { extendedTextMessage: { text, contextInfo } };
}

/** A poll with one choice, or several. */
export function poll(random: Random, question: string, options: readonly string[], several: boolean): MessageContent {
  const pollCreationMessageV3 = {
    name: question,
    options: options.map((optionName) => ({ optionName })),
    selectableOptionsCount: several ? 0 : 1,
  };
  return { pollCreationMessageV3, messageContextInfo: { messageSecret: random.bytes(32) } };
}

/** A vote on a poll. Voter and author are the JIDs they go by in the chat. */
export function vote(
  by: User,
  random: Random,
  target: SendTarget,
  options: readonly string[],
  voter: string,
): MessageContent {
  const plain = proto.Message.PollVoteMessage.encode({
    selectedOptions: options.map((option) => sha256(Buffer.from(option))),
  }).finish();
  const encIv = random.bytes(12);
  const { secret, names } = sealOf(target, voter);
  return {
    pollUpdateMessage: {
      pollCreationMessageKey: keyOf(by, target),
      vote: { encIv, encPayload: sealAddition(secret, names, "Poll Vote", plain, encIv) },
      senderTimestampMs: Date.now(),
    },
  };
}

/** The options someone voted for. Throws when the vote is not for this poll or not by this voter. */
export function openVote(target: SendTarget, content: MessageContent, voter: string): string[] {
  const sealed = content.pollUpdateMessage?.vote;
  if (!sealed) throw new Error("this is no vote");
  const { secret, names } = sealOf(target, voter);
  const opened = proto.Message.PollVoteMessage.decode(openAddition(secret, names, "Poll Vote", sealed));
  const chosen = new Set(opened.selectedOptions.map((hash) => Buffer.from(hash).toString("hex")));
  return optionsOf(target).filter((option) => chosen.has(sha256(Buffer.from(option)).toString("hex")));
}

function pollOf(target: SendTarget) {
  const { pollCreationMessage, pollCreationMessageV2, pollCreationMessageV3 } = contentOfTarget(target);
  return pollCreationMessageV3 ?? pollCreationMessageV2 ?? pollCreationMessage;
}

function optionsOf(target: SendTarget): string[] {
  return pollOf(target)?.options?.flatMap(({ optionName }) => optionName ?? []) ?? [];
}

function sealOf(target: SendTarget, voter: string) {
  const secret = secretOf(target);
  if (!secret) throw new Error("this message is no poll, or it came without its secret");
  return { secret, names: { id: target.id, author: authorOf(target), editor: voter } };
}
