import { createHash } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import type { Content } from "../../core/model/content/content.ts";
import { answers } from "../../core/model/content/event-response.ts";
import type { ConvertedMessage } from "./convert/index.ts";
import { carried } from "./convert/index.ts";
import { decodeMessage } from "./definition/decode.ts";
import type { WebMessage } from "./definition/web-message.ts";
import type { Reading } from "./convert/converter.ts";
import { unwrap } from "./convert/envelopes.ts";
import { mostOptions, pollOf } from "./convert/poll.ts";
import { type SealedUse, openWithSecret, type SealedBytes } from "./sealing.ts";

type Option = proto.Message.PollCreationMessage.IOption;
type Said = ConvertedMessage["content"];
type Edit = Extract<Said, { kind: "edit" }>;

/** The message that an addition is for, with every JID its author and its editor go by. */
export interface AdditionKeys {
  /** As WhatsApp has it. */
  wire: Uint8Array;
  /** What it says now, edits included. */
  said: Content | null;
  id: string;
  /** Of the message: its own, and those that edits of it brought. */
  secrets: readonly Uint8Array[];
  authors: readonly string[];
  editors: readonly string[];
}

/** What an addition says, and the secret it brings for the next one. */
export interface OpenedAddition {
  /** Null: it chooses what its message does not offer, as far as is known; an option that somebody added may come later. */
  content: Said | null;
  secret: Uint8Array | null;
  /** It adds options to a poll that lets everybody do so. */
  addsOptions?: true;
}

const { MESSAGE_EDIT } = proto.Message.ProtocolMessage.Type;

/** By `SecretEncType`: 1 and 2 are edits of events and messages, 4 and 5 of polls (wa-proto 2.3000.1045816814). */
const edits: Record<number, SealedUse[]> = {
  1: ["event_edit"],
  2: ["message_edit"],
  4: ["poll_edit"],
  5: ["poll_option", "poll_edit"],
};

/** Whether a content says less than its message does: it is sealed, and its secret was not known. */
export function isSealed(content: Said): boolean {
  switch (content.kind) {
    case "poll_vote":
      return content.options === null;
    case "event_response":
      return content.response === null;
    case "edit":
      return content.content === null;
    case "reaction":
      return content.unreadable === true;
    case "unsupported":
      return content.type === "encCommentMessage";
    default:
      return false;
  }
}

/** What is sealed in a message, and for which uses it may be. */
export function sealedIn(message: WebMessage): { uses: readonly SealedUse[]; sealed: SealedBytes } | null {
  const inner = unwrap(message).message;
  const { pollUpdateMessage: vote, encEventResponseMessage: answer, secretEncryptedMessage: edit } = inner;
  const { encReactionMessage: reaction, encCommentMessage: comment } = inner;
  if (vote?.vote) return { uses: ["poll_vote"], sealed: vote.vote };
  if (answer) return { uses: ["event_response"], sealed: answer };
  if (reaction) return { uses: ["reaction"], sealed: reaction };
  if (comment) return { uses: ["comment"], sealed: comment };
  const uses = edits[edit?.secretEncType ?? 0];
  return edit && uses ? { uses, sealed: edit } : null;
}

/** What a sealed message says; null when it cannot be opened, or makes no sense. Throws nothing. */
export function openedAddition(
  content: Said,
  message: WebMessage,
  keys: AdditionKeys,
  reading: Reading,
): OpenedAddition | null {
  try {
    const found = sealedIn(message);
    const plain = found && unsealed(found, keys);
    return plain && read(content, plain, { keys, reading });
  } catch {
    // Everybody in the chat has the secret and may seal nonsense with it.
    return null;
  }
}

/** Every pair of names and every secret is tried: a failed try says only that it was another one. */
function unsealed({ uses, sealed }: NonNullable<ReturnType<typeof sealedIn>>, keys: AdditionKeys): Uint8Array | null {
  const { id, secrets, authors, editors } = keys;
  for (const use of uses)
    for (const secret of secrets)
      for (const author of authors)
        for (const editor of editors) {
          const plain = openWithSecret(sealed, secret, use, { id, author, editor });
          if (plain) return plain;
        }
  return null;
}

interface Around {
  keys: AdditionKeys;
  reading: Reading;
}

function read(content: Said, plain: Uint8Array, { keys, reading }: Around): OpenedAddition | null {
  const only = (said: Said | null): OpenedAddition => ({ content: said, secret: null });
  switch (content.kind) {
    case "event_response": {
      const { response, extraGuestCount } = proto.Message.EventResponseMessage.decode(plain);
      const answer = answers.find((each) => responses[each] === response) ?? null;
      return only({ ...content, response: answer, extra_guests: extraGuestCount ?? 0 });
    }
    case "poll_vote": {
      const options = chosenIn(plain, keys);
      return only(options && { ...content, options });
    }
    case "reaction": {
      const { unreadable: _, ...reaction } = content;
      return only({ ...reaction, emoji: proto.Message.ReactionMessage.decode(plain).text || null });
    }
    case "unsupported":
      return only(commentIn(plain, reading));
    case "edit": {
      const edit = decodeMessage(plain);
      const added = edit.pollAddOptionMessage?.pollOption;
      const { message, secret } = editIn(edit);
      const options = added ?? optionsAlone(message);
      if (options) return withOptions(content, options, { keys, reading });
      // The target is the envelope's: what is inside says nothing about whom it was sealed for.
      const { id, sender } = content.target;
      return { content: { ...content, content: reading.other(message, id, sender) }, secret };
    }
    default:
      return null;
  }
}

const { UNKNOWN: _, ...responseTypes } = proto.Message.EventResponseMessage.EventResponseType;
const responses = {
  going: responseTypes.GOING,
  not_going: responseTypes.NOT_GOING,
  maybe: responseTypes.MAYBE,
} satisfies Record<(typeof answers)[number], number>;

/** Null when one of them is no option that is known. */
function chosenIn(plain: Uint8Array, { wire, said }: AdditionKeys): string[] | null {
  const chosen = proto.Message.PollVoteMessage.decode(plain).selectedOptions ?? [];
  const hashes = new Set(chosen.map((hash) => Buffer.from(hash).toString("hex")));
  const poll = pollOf(unwrap(decodeMessage(wire)).message);
  const first = (poll?.options ?? []).map(({ optionName }) => optionName ?? "");
  const options = new Set([...(said?.kind === "poll" ? said.options : []), ...first]);
  const found = [...options].filter((option) => hashes.has(createHash("sha256").update(option).digest("hex")));
  return found.length < hashes.size ? null : found;
}

/** The options of a poll that asks nothing: they are added to those there are. */
function optionsAlone(message: WebMessage): readonly Option[] | null {
  const poll = pollOf(unwrap(message).message);
  return poll && !poll.name && poll.options?.length ? poll.options : null;
}

/** The poll with the options that somebody added; without words when the message is no poll. */
function withOptions(edit: Edit, added: readonly Option[], { keys, reading }: Around): OpenedAddition {
  const first = carried(decodeMessage(keys.wire), reading);
  const poll = keys.said?.kind === "poll" ? keys.said : first;
  if (poll.kind !== "poll" || first.kind !== "poll") return { content: { ...edit, content: null }, secret: null };
  const names = added.map(({ optionName }) => optionName ?? "").filter((name) => name !== "");
  const options = [...new Set([...poll.options, ...names])].slice(0, mostOptions);
  const content = { ...edit, content: { ...poll, options } };
  return { content, secret: null, ...(first.open && { addsOptions: true }) };
}

/** zapo reads a `CommentMessage` there, which begins with the message; whatsmeow and whatsapp-rust the message itself. */
function commentIn(plain: Uint8Array, reading: Reading): Said {
  const said = carried(decodeMessage(plain), reading);
  if (said.kind !== "unsupported") return said;
  const { message } = proto.Message.CommentMessage.decode(plain);
  return message ? carried(message, reading) : said;
}

/** The new message of an edit, in a `protocolMessage` or as it is. */
function editIn(outer: WebMessage): { message: WebMessage; secret: Uint8Array | null } {
  const { protocolMessage } = unwrap(outer).message;
  const isEdit = protocolMessage?.type === MESSAGE_EDIT && protocolMessage.editedMessage;
  const message = isEdit ? (protocolMessage.editedMessage ?? outer) : outer;
  return { message, secret: secretIn(message) ?? secretIn(outer) };
}

function secretIn(message: WebMessage): Uint8Array | null {
  const secret = unwrap(message).message.messageContextInfo?.messageSecret;
  return secret?.length ? secret : null;
}

/** The secret of a message as WhatsApp has it; null when it came without. */
export function messageSecretOf(wire: Uint8Array): Uint8Array | null {
  return secretIn(decodeMessage(wire));
}

/** The secret that a plain edit brings for the next addition to the same message. */
export function editSecretOf(wire: Uint8Array): Uint8Array | null {
  const message = decodeMessage(wire);
  const { editedMessage } = unwrap(message).message.protocolMessage ?? {};
  return (editedMessage && secretIn(editedMessage)) ?? secretIn(message);
}
