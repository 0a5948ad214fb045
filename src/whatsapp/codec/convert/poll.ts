import type { proto } from "@whiskeysockets/baileys";
import type { Carrier, Converter, Writer } from "./converter.ts";
import { natural } from "./fields.ts";

export const mostOptions = 100;

/** Every version of the poll there has been. */
export function pollOf(message: proto.IMessage): proto.Message.IPollCreationMessage | null {
  const { pollCreationMessage: v1, pollCreationMessageV2: v2, pollCreationMessageV3: v3 } = message;
  return v1 ?? v2 ?? v3 ?? message.pollCreationMessageV5 ?? null;
}

export const poll: Converter<"poll"> & Writer<"poll"> & Carrier<"poll"> = {
  read(message) {
    const poll = pollOf(message);
    if (!poll) return null;
    return {
      kind: "poll",
      question: poll.name ?? "",
      options: (poll.options ?? []).slice(0, mostOptions).map(({ optionName }) => optionName ?? ""),
      selectable: natural(poll.selectableOptionsCount),
    };
  },
  write({ question, options, selectable }, { secret }) {
    const creation = {
      name: question,
      options: options.map((optionName) => ({ optionName })),
      selectableOptionsCount: selectable,
    };
    const messageContextInfo = { messageSecret: secret };
    // Clients show a poll with one answer by its third version only.
    return selectable === 1
      ? { messageContextInfo, pollCreationMessageV3: creation }
      : { messageContextInfo, pollCreationMessage: creation };
  },
  stanza: () => ({ node: { tag: "meta", attrs: { polltype: "creation" } } }),
};
