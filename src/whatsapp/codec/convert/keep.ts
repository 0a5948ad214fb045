import { proto } from "@whiskeysockets/baileys";
import type { Converter, Writer } from "./converter.ts";

const { KEEP_FOR_ALL, UNDO_KEEP_FOR_ALL } = proto.KeepType;

export const keep: Converter<"keep"> & Writer<"keep"> = {
  read: ({ keepInChatMessage: keep }, { target }) =>
    keep ? { kind: "keep", target: target(keep.key), kept: keep.keepType !== UNDO_KEEP_FOR_ALL } : null,
  write: ({ target, kept }, { key, now }) => ({
    keepInChatMessage: { key: key(target), keepType: kept ? KEEP_FOR_ALL : UNDO_KEEP_FOR_ALL, timestampMs: now },
  }),
};
