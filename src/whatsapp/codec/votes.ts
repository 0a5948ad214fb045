import { createHash } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import type { ActionOf } from "../../core/model/content/action.ts";
import type { answers } from "../../core/model/content/event-response.ts";
import { type SealNames, sealWithSecret } from "./sealing.ts";

/** Votes and answers are encrypted with the secret of the message they are for, so that only its chat reads them. */
const kinds = ["poll_vote", "event_response"] as const;
export type EncryptedVote = ActionOf<(typeof kinds)[number]>;

export const isEncryptedVote = (content: { kind: string }): content is EncryptedVote =>
  kinds.some((kind) => kind === content.kind);

const { UNKNOWN, GOING, NOT_GOING, MAYBE } = proto.Message.EventResponseMessage.EventResponseType;
const responses = { going: GOING, not_going: NOT_GOING, maybe: MAYBE } satisfies Record<
  (typeof answers)[number],
  number
>;

/** A vote as WhatsApp gets it. `key` names the poll or event. */
export function encryptVote(
  given: EncryptedVote,
  key: proto.IMessageKey,
  secret: Uint8Array,
  names: SealNames,
  now: number,
): proto.IMessage {
  if (given.kind === "poll_vote") {
    const selectedOptions = (given.options ?? []).map((option) => createHash("sha256").update(option).digest());
    const plain = proto.Message.PollVoteMessage.encode({ selectedOptions }).finish();
    const vote = sealWithSecret(plain, secret, "poll_vote", names);
    return { pollUpdateMessage: { pollCreationMessageKey: key, vote, senderTimestampMs: now } };
  }
  const response: proto.Message.EventResponseMessage.EventResponseType = given.response
    ? responses[given.response]
    : UNKNOWN;
  const plain = proto.Message.EventResponseMessage.encode({
    response,
    timestampMs: now,
    extraGuestCount: given.extra_guests,
  }).finish();
  const sealed = sealWithSecret(plain, secret, "event_response", names);
  return { encEventResponseMessage: { eventCreationMessageKey: key, ...sealed } };
}
