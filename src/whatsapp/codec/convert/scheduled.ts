import type { Converter } from "./converter.ts";

export const scheduled: Converter<"scheduled"> = {
  read: ({ conditionalRevealMessage: sealed }) =>
    sealed ? { kind: "scheduled", key: sealed.revealKeyId || null } : null,
};
