import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import type { ActionOf } from "../../core/model/content/action.ts";
import { answers } from "../../core/model/content/event-response.ts";
import { unwrap } from "./convert/envelopes.ts";
import { pollOf } from "./convert/poll.ts";

/** Votes and answers are encrypted with the secret of the message they are for, so that only its chat reads them. */
const purposes = { poll_vote: "Poll Vote", event_response: "Event Response" } as const;
type Purpose = keyof typeof purposes;
export type EncryptedVote = ActionOf<Purpose>;

export const isEncryptedVote = (content: { kind: string }): content is EncryptedVote => content.kind in purposes;

const { UNKNOWN, GOING, NOT_GOING, MAYBE } = proto.Message.EventResponseMessage.EventResponseType;
const responses = { going: GOING, not_going: NOT_GOING, maybe: MAYBE } satisfies Record<
  (typeof answers)[number],
  number
>;

interface Encrypted {
  encPayload?: Uint8Array | null;
  encIv?: Uint8Array | null;
}

interface Parties {
  /** WhatsApp's id of the poll or event. */
  id: string;
  /** Its author and who answers, as JIDs without device. */
  author: string;
  voter: string;
}

/** The poll or event of a ballot, as WhatsApp has it, with every JID its author and its voter go by. */
export interface VoteKeys {
  wire: Uint8Array;
  id: string;
  authors: readonly string[];
  voters: readonly string[];
}

/** The same ballot with what it says, or as it is when it cannot be read. Throws nothing. */
export function decryptVote<B extends EncryptedVote>(given: B, wire: Uint8Array, keys: VoteKeys): B {
  try {
    return readVote(given, wire, keys);
  } catch {
    // Everybody in the chat has the secret and may seal nonsense with it.
    return given;
  }
}

function readVote<B extends EncryptedVote>(given: B, wire: Uint8Array, keys: VoteKeys): B {
  const encrypted = encryptedIn(proto.Message.decode(wire));
  const question = unwrap(proto.Message.decode(keys.wire)).message;
  const secret = question.messageContextInfo?.messageSecret;
  if (!encrypted || !secret?.length) return given;
  for (const author of keys.authors) {
    for (const voter of keys.voters) {
      const plain = decrypt(encrypted, given.kind, secret, { id: keys.id, author, voter });
      if (plain) return { ...given, ...decodeVote(given.kind, plain, question) };
    }
  }
  return given;
}

function encryptedIn(message: proto.IMessage): Encrypted | null {
  const { pollUpdateMessage, encEventResponseMessage } = unwrap(message).message;
  return pollUpdateMessage?.vote ?? encEventResponseMessage ?? null;
}

function decodeVote(kind: Purpose, plain: Uint8Array, question: proto.IMessage): Partial<EncryptedVote> {
  if (kind === "event_response") {
    const { response, extraGuestCount } = proto.Message.EventResponseMessage.decode(plain);
    return {
      response: answers.find((answer) => responses[answer] === response) ?? null,
      extra_guests: extraGuestCount ?? 0,
    };
  }
  const chosen = proto.Message.PollVoteMessage.decode(plain).selectedOptions ?? [];
  const hashes = new Set(chosen.map((hash) => Buffer.from(hash).toString("hex")));
  const options = (pollOf(question)?.options ?? []).map(({ optionName }) => optionName ?? "");
  return { options: options.filter((option) => hashes.has(hashOf(option).toString("hex"))) };
}

const hashOf = (option: string): Buffer => createHash("sha256").update(option).digest();

/** A ballot as WhatsApp gets it. `key` names the poll or event. */
export function encryptVote(
  given: EncryptedVote,
  key: proto.IMessageKey,
  secret: Uint8Array,
  parties: Parties,
  now: number,
): proto.IMessage {
  const { kind } = given;
  if (kind === "poll_vote") {
    const selectedOptions = (given.options ?? []).map(hashOf);
    const plain = proto.Message.PollVoteMessage.encode({ selectedOptions }).finish();
    const vote = encrypt(plain, kind, secret, parties);
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
  return { encEventResponseMessage: { eventCreationMessageKey: key, ...encrypt(plain, kind, secret, parties) } };
}

export function encrypt(plain: Uint8Array, purpose: Purpose, secret: Uint8Array, parties: Parties) {
  const encIv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyFor(purpose, secret, parties), encIv).setAAD(boundTo(parties));
  return { encPayload: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]), encIv };
}

function decrypt(
  { encPayload, encIv }: Encrypted,
  purpose: Purpose,
  secret: Uint8Array,
  parties: Parties,
): Uint8Array | null {
  if (!encPayload || encPayload.length < tagLength || encIv?.length !== 12) return null;
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyFor(purpose, secret, parties), encIv);
    decipher.setAAD(boundTo(parties)).setAuthTag(encPayload.subarray(-tagLength));
    return Buffer.concat([decipher.update(encPayload.subarray(0, -tagLength)), decipher.final()]);
  } catch {
    return null;
  }
}

const tagLength = 16;

const boundTo = ({ id, voter }: Parties): Buffer => Buffer.from(`${id}\0${voter}`);

/** HKDF of one block, as WhatsApp's clients derive it. */
function keyFor(purpose: Purpose, secret: Uint8Array, { id, author, voter }: Parties): Buffer {
  const info = Buffer.concat([Buffer.from(id + author + voter + purposes[purpose]), Buffer.from([1])]);
  const extracted = createHmac("sha256", Buffer.alloc(32)).update(secret).digest();
  return createHmac("sha256", extracted).update(info).digest();
}

/** The secret of a poll or event; null when it has none. */
export function messageSecretOf(wire: Uint8Array): Uint8Array | null {
  const secret = unwrap(proto.Message.decode(wire)).message.messageContextInfo?.messageSecret;
  return secret?.length ? secret : null;
}
