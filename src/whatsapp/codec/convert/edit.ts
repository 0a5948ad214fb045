import { proto } from "@whiskeysockets/baileys";
import type { Carrier, Converter, Writer } from "./converter.ts";

const { MESSAGE_EDIT } = proto.Message.ProtocolMessage.Type;

export const edit: Converter<"edit"> & Writer<"edit"> & Carrier<"edit"> = {
  read({ protocolMessage: protocol }, { target, other }) {
    if (protocol?.type !== MESSAGE_EDIT || !protocol.editedMessage) return null;
    const edited = target(protocol.key);
    return { kind: "edit", target: edited, content: other(protocol.editedMessage, edited.id, edited.sender) };
  },
  write: ({ target, content }, { key, other, now }) => ({
    protocolMessage: { type: MESSAGE_EDIT, key: key(target), editedMessage: other(content), timestampMs: now },
  }),
  stanza: () => ({ edit: "1" }),
};
