import type { proto } from "@whiskeysockets/baileys";
import type { Converter, Writer } from "./converter.ts";
import { natural } from "./fields.ts";

const mostOptions = 100;

/** Every version of the poll there has been. */
export function pollOf(message: proto.IMessage): proto.Message.IPollCreationMessage | null {
  const { pollCreationMessage: v1, pollCreationMessageV2: v2, pollCreationMessageV3: v3 } = message;
  return v1 ?? v2 ?? v3 ?? message.pollCreationMessageV5 ?? null;
}

export const poll: Converter<"poll"> & Writer<"poll"> = {
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
};

export const pollResult: Converter<"poll_result"> = {
  read(message) {
    const result = message.pollResultSnapshotMessage ?? message.pollResultSnapshotMessageV3;
    if (!result) return null;
    const votes = (result.pollVotes ?? []).slice(0, mostOptions);
    return {
      kind: "poll_result",
      question: result.name ?? "",
      votes: votes.map(({ optionName, optionVoteCount }) => ({
        option: optionName ?? "",
        count: natural(optionVoteCount),
      })),
    };
  },
};

/** What is chosen is encrypted with the poll's secret: `votes.ts` reads it, once the poll is found. */
export const pollVote: Converter<"poll_vote"> = {
  read: ({ pollUpdateMessage: vote }, { target }) =>
    vote ? { kind: "poll_vote", target: target(vote.pollCreationMessageKey), options: null } : null,
};
