import { proto } from "@whiskeysockets/baileys";
import { isGroup } from "../../wire/jid.ts";
import type { Carrier, Converter, Writer } from "./converter.ts";

const { REVOKE } = proto.Message.ProtocolMessage.Type;

export const deletion: Converter<"delete"> & Writer<"delete"> & Carrier<"delete"> = {
  read: ({ protocolMessage: protocol }, { target }) =>
    // REVOKE is 0, which an unset field also reads as: without a key it is something else.
    protocol?.key && (protocol.type ?? REVOKE) === REVOKE ? { kind: "delete", target: target(protocol.key) } : null,
  write: ({ target }, { key }) => ({ protocolMessage: { type: REVOKE, key: key(target) } }),
  stanza: ({ target }, { chat }) => ({ edit: isGroup(chat) && !target.from_me ? "8" : "7" }),
};
