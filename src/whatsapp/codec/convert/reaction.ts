import type { Carrier, Converter, Writer } from "./converter.ts";

export const reaction: Converter<"reaction"> & Writer<"reaction"> & Carrier<"reaction"> = {
  read: ({ reactionMessage: reaction }, { target }) =>
    reaction ? { kind: "reaction", target: target(reaction.key), emoji: reaction.text || null } : null,
  write: ({ target, emoji }, { key, now }) => ({
    reactionMessage: { key: key(target), text: emoji ?? "", senderTimestampMs: now },
  }),
  stanza: ({ emoji }) => (emoji === null ? { edit: "7" } : {}),
};
