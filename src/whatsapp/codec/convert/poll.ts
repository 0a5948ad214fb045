import type { Carrier, Converter, Writer } from "./converter.ts";
import type { WebMessage } from "../definition/web-message.ts";
import { moment, natural, only } from "./fields.ts";

type Poll = NonNullable<WebMessage["pollCreationMessageV6"]>;

export const mostOptions = 100;

/** Every version of the poll there has been. */
export function pollOf(message: WebMessage): Poll | null {
  const { pollCreationMessage: v1, pollCreationMessageV2: v2, pollCreationMessageV3: v3 } = message;
  return v1 ?? v2 ?? v3 ?? message.pollCreationMessageV5 ?? message.pollCreationMessageV6 ?? null;
}

/** Seconds or milliseconds: which of them is not shown anywhere. */
const endOf = (time: Poll["endTime"]): number | undefined => {
  const end = natural(time);
  return moment(end > 1e11 ? end / 1000 : end) || undefined;
};

export const poll: Converter<"poll"> & Writer<"poll"> & Carrier<"poll"> = {
  read(message) {
    const poll = pollOf(message);
    if (!poll) return null;
    return {
      kind: "poll",
      question: poll.name ?? "",
      options: (poll.options ?? []).slice(0, mostOptions).map(({ optionName }) => optionName ?? ""),
      selectable: natural(poll.selectableOptionsCount),
      ...only({ ends_at: endOf(poll.endTime) }),
      ...(poll.hideParticipantName ? { hides_voters: true as const } : {}),
      ...(poll.allowAddOption ? { open: true as const } : {}),
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
