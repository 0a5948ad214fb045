import type { Converter, Writer } from "./converter.ts";

export const reaction: Converter<"reaction"> & Writer<"reaction"> = {
  read: ({ reactionMessage: reaction }, { target }) =>
    reaction ? { kind: "reaction", target: target(reaction.key), emoji: reaction.text || null } : null,
  write: ({ target, emoji }, { key, now }) => ({
    reactionMessage: { key: key(target), text: emoji ?? "", senderTimestampMs: now },
  }),
};
