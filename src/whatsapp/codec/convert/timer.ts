import { proto } from "@whiskeysockets/baileys";
import type { Converter, Writer } from "./converter.ts";
import { natural } from "./fields.ts";

const { EPHEMERAL_SETTING } = proto.Message.ProtocolMessage.Type;

export const timer: Converter<"timer"> & Writer<"timer"> = {
  read: ({ protocolMessage: protocol }) =>
    protocol?.type === EPHEMERAL_SETTING ? { kind: "timer", seconds: natural(protocol.ephemeralExpiration) } : null,
  write: ({ seconds }) => ({
    ephemeralMessage: { message: { protocolMessage: { type: EPHEMERAL_SETTING, ephemeralExpiration: seconds } } },
  }),
};
