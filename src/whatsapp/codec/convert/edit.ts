import { proto } from "@whiskeysockets/baileys";
import type { Carrier, Converter, Writer } from "./converter.ts";

/** Of events, messages and polls, and an option more for a poll: `SecretEncType` of wa-proto 2.3000.1045816814. */
const sealedEdits: ReadonlySet<number> = new Set([1, 2, 4, 5]);

const { MESSAGE_EDIT } = proto.Message.ProtocolMessage.Type;

export const edit: Converter<"edit"> & Writer<"edit"> & Carrier<"edit"> = {
  read({ protocolMessage: protocol, secretEncryptedMessage: sealed }, { target, other }) {
    // What it says is encrypted with the secret of the message: see `additions.ts`.
    if (sealed && sealedEdits.has(sealed.secretEncType ?? 0))
      return { kind: "edit", target: target(sealed.targetMessageKey), content: null };
    if (protocol?.type !== MESSAGE_EDIT || !protocol.editedMessage) return null;
    const edited = target(protocol.key);
    return { kind: "edit", target: edited, content: other(protocol.editedMessage, edited.id, edited.sender) };
  },
  write: ({ target, content }, { key, other, now }) => ({
    protocolMessage: {
      type: MESSAGE_EDIT,
      key: key(target),
      editedMessage: content && other(content),
      timestampMs: now,
    },
  }),
  stanza: () => ({ edit: "1" }),
};
