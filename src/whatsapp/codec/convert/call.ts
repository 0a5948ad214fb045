import { proto } from "@whiskeysockets/baileys";
import type { ContentOf } from "../../../core/model/content/content.ts";
import type { Converter } from "./converter.ts";
import { natural } from "./fields.ts";

const { CallOutcome } = proto.Message.CallLogMessage;
const { VIDEO } = proto.Message.BCallMessage.MediaType;

const outcomes = {
  [CallOutcome.CONNECTED]: "connected",
  [CallOutcome.MISSED]: "missed",
  [CallOutcome.FAILED]: "failed",
  [CallOutcome.REJECTED]: "rejected",
  [CallOutcome.ACCEPTED_ELSEWHERE]: "accepted_elsewhere",
  [CallOutcome.ONGOING]: "ongoing",
  [CallOutcome.SILENCED_BY_DND]: "silenced",
  [CallOutcome.SILENCED_UNKNOWN_CALLER]: "silenced",
} as const satisfies Record<proto.Message.CallLogMessage.CallOutcome, ContentOf<"call">["outcome"]>;

const mostParticipants = 100;

export const call: Converter<"call"> = {
  read({ callLogMesssage: log, bcallMessage: broadcast }) {
    if (broadcast)
      return { kind: "call", video: broadcast.mediaType === VIDEO, outcome: null, seconds: 0, participants: [] };
    if (!log) return null;
    return {
      kind: "call",
      video: log.isVideo ?? false,
      outcome: outcomes[log.callOutcome ?? CallOutcome.CONNECTED] ?? null,
      seconds: natural(log.durationSecs),
      participants: (log.participants ?? []).slice(0, mostParticipants).flatMap(({ jid }) => jid ?? []),
    };
  },
};
