import { proto } from "@whiskeysockets/baileys";
import type { Carrier, Converter, Writer } from "./converter.ts";
import { natural } from "./fields.ts";

const { PIN_FOR_ALL, UNPIN_FOR_ALL } = proto.Message.PinInChatMessage.Type;

export const pin: Converter<"pin"> & Writer<"pin"> & Carrier<"pin"> = {
  read({ pinInChatMessage: pin, messageContextInfo: info }, { target }) {
    if (!pin) return null;
    const seconds = natural(info?.messageAddOnDurationInSecs) || null;
    return { kind: "pin", target: target(pin.key), pinned: pin.type !== UNPIN_FOR_ALL, seconds };
  },
  write: ({ target, pinned, seconds }, { key, now }) => ({
    messageContextInfo: { messageAddOnDurationInSecs: pinned ? (seconds ?? 0) : 0 },
    pinInChatMessage: {
      key: key(target),
      type: pinned ? PIN_FOR_ALL : UNPIN_FOR_ALL,
      senderTimestampMs: now,
    },
  }),
  stanza: () => ({ edit: "2" }),
};
