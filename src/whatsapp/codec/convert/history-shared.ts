import type { Converter } from "./converter.ts";
import { natural } from "./fields.ts";

const mostMembers = 1_024;

export const historyShared: Converter<"history_shared"> = {
  read({ messageHistoryNotice: notice }) {
    if (!notice) return null;
    const { historyReceivers, messageCount } = notice.messageHistoryMetadata ?? {};
    return {
      kind: "history_shared",
      messages: natural(messageCount),
      members: (historyReceivers ?? []).slice(0, mostMembers),
    };
  },
};
