import type { Converter } from "./converter.ts";
import { mostOptions } from "./poll.ts";
import { natural } from "./fields.ts";

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
