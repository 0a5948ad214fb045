import type { ContentOf } from "../../../core/model/content/content.ts";
import type { Converter } from "./converter.ts";

/** By `StatusNotificationType` (wa-proto 2.3000.1045601094). */
const actions: Record<number, ContentOf<"status_notice">["action"]> = {
  1: "add_yours",
  2: "reshared",
  3: "answer_reshared",
  4: "group_reply",
};

export const statusNotice: Converter<"status_notice"> = {
  read(message, { target }) {
    const { statusMentionMessage: mention, groupStatusMentionMessage: inGroup } = message;
    const { statusNotificationMessage: notice, statusStickerInteractionMessage: sticker } = message;
    const told = mention ?? inGroup;
    if (told) {
      const key = told.message?.protocolMessage?.key;
      return {
        kind: "status_notice",
        action: mention ? "mentioned" : "group_mentioned",
        status: key ? target(key) : null,
      };
    }
    if (sticker) return { kind: "status_notice", action: "sticker", status: sticker.key ? target(sticker.key) : null };
    if (!notice) return null;
    const key = notice.originalMessageKey ?? notice.responseMessageKey;
    return { kind: "status_notice", action: actions[notice.type ?? 0] ?? null, status: key ? target(key) : null };
  },
};
