import { proto } from "@whiskeysockets/baileys";
import type { Content } from "../../core/content.ts";
import type { DraftContent } from "../../core/message.ts";
import { textContent, textMessage } from "./text.ts";

/** What a decrypted message says. Never throws: what we do not know is `unsupported`, by its own name. */
export function toContent(message: proto.IMessage): Content {
  const inner = unwrapped(message);
  return textContent(inner) ?? { kind: "unsupported", type: kindName(inner) };
}

/** True of messages that carry no news for people: keys, history and other errands between clients. */
export function isErrand(message: proto.IMessage): boolean {
  const inner = unwrapped(message);
  const kinds = Object.keys(inner).filter(
    (kind) => inner[kind as keyof proto.IMessage] != null && !silentFields.has(kind),
  );
  return kinds.length === 0 || (kinds.length === 1 && kinds[0] === "protocolMessage");
}

/** The message WhatsApp gets for a draft. */
export function toMessage(content: DraftContent): proto.IMessage {
  return textMessage(content);
}

const silentFields: ReadonlySet<string> = new Set(["senderKeyDistributionMessage", "messageContextInfo"]);

/** Envelopes that say how to show a message, not what it says (WAProto, `FutureProofMessage`). */
const envelopes = [
  "ephemeralMessage",
  "viewOnceMessage",
  "viewOnceMessageV2",
  "viewOnceMessageV2Extension",
  "documentWithCaptionMessage",
] as const;

function unwrapped(message: proto.IMessage): proto.IMessage {
  let inner = message.deviceSentMessage?.message ?? message;
  // Bounded, since a hostile sender may nest without end.
  for (let depth = 0; depth < 5; depth++) {
    const next = envelopes.map((name) => inner[name]?.message).find((found) => found != null);
    if (!next) return inner;
    inner = next;
  }
  return inner;
}

function kindName(message: proto.IMessage): string {
  return (
    Object.keys(message).find((kind) => message[kind as keyof proto.IMessage] != null && !silentFields.has(kind)) ??
    "empty"
  );
}
