import { Type } from "@sinclair/typebox";
import { ruleNames } from "../../core/alerts/rules.ts";
import { nullable } from "../../core/model/content/parts.ts";
import { found, operation } from "./answers.ts";
import { oneOf, seconds } from "./parts.ts";

const rule = oneOf(ruleNames);
const incident = Type.Object(
  {
    id: Type.String(),
    rule,
    subject: Type.String({ description: "The device, webhook or plugin; empty where it is the machine." }),
    sentence: Type.String({ description: "What is wrong and what to do." }),
    opened_at: seconds,
    ended_at: nullable(seconds),
  },
  { title: "Incident" },
);
const channel = Type.Object(
  {
    name: Type.String({ description: "webhook, whatsapp or email." }),
    last_sent_at: nullable(seconds),
    problem: nullable(Type.String({ description: "Why it refused last; null while it works." })),
  },
  { title: "AlertChannel" },
);
const alertRule = Type.Object(
  {
    name: rule,
    about: Type.String(),
    is_on: Type.Boolean(),
    limit: nullable(
      Type.Number({
        description: "How long it must last first, milliseconds; for disk_low, how many bytes are too few.",
      }),
    ),
  },
  { title: "AlertRule" },
);

export const incidents = operation("listIncidents", "List what goes wrong and what did within a month, newest first", {
  200: ["The incidents", found(Type.Array(incident))],
});

export const alerts = operation("getAlerts", "Tell what the operator is told of, and by which channels", {
  200: ["Rules and channels", found(Type.Object({ rules: Type.Array(alertRule), channels: Type.Array(channel) }))],
});

export const test = operation("testAlerts", "Send a message for a try by every channel, quiet hours or not", {
  200: ["How it went; a channel without a `problem` took it", found(Type.Array(channel))],
});
