import type { Carrier, Converter, Writer } from "./converter.ts";

export const reaction: Converter<"reaction"> & Writer<"reaction"> & Carrier<"reaction"> = {
  read({ reactionMessage: reaction, encReactionMessage: sealed }, { target }) {
    if (reaction) return { kind: "reaction", target: target(reaction.key), emoji: reaction.text || null };
    // Encrypted with the secret of the message: see `additions.ts`.
    return sealed ? { kind: "reaction", target: target(sealed.targetMessageKey), emoji: null, unreadable: true } : null;
  },
  write: ({ target, emoji }, { key, now }) => ({
    reactionMessage: { key: key(target), text: emoji ?? "", senderTimestampMs: now },
  }),
  stanza: ({ emoji }) => (emoji === null ? { edit: "7" } : {}),
};
