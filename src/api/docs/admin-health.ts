import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { phases } from "../../core/model/phase.ts";
import { found, operation } from "./answers.ts";
import { seconds } from "./parts.ts";

const count = Type.Integer({ minimum: 0 });
const milliseconds = Type.Number({ description: "Milliseconds." });

const health = Type.Object(
  {
    version: Type.String(),
    bun: Type.String(),
    platform: Type.String(),
    uptime: milliseconds,
    memory: Type.Integer({ description: "Bytes." }),
    lag: Type.Object({ mean: milliseconds, worst: milliseconds }, { description: "How late the event loop was." }),
    devices: Type.Record(Type.String(), count, { description: `How many are in each phase: ${phases.join(", ")}.` }),
    offline_queue: Type.Object(
      {
        pulling: Type.Integer({ minimum: 0, description: "Devices whose queue is being fetched." }),
        stalled: Type.Integer({ minimum: 0, description: "Devices for which nothing has come for a minute." }),
        announced: count,
        received: count,
        missing: count,
      },
      {
        title: "OfflineQueueTotals",
        description: "What WhatsApp kept while devices were away, of all connections, in stanzas.",
      },
    ),
    messages_waiting: count,
    deliveries_owed: count,
    oldest_delivery_due_at: nullable(seconds),
    database_bytes: Type.Integer({ minimum: 0, description: "With what is not in its file yet." }),
    media_bytes: Type.Integer({ minimum: 0, description: "Files of messages that are here." }),
    disk_free_bytes: Type.Integer({ minimum: 0, description: "Left on the disk of the data folder." }),
  },
  { title: "ProcessHealth" },
);

export const report = operation("getHealth", "Tell how the process does: versions, memory, lag, what waits", {
  200: ["Its health", found(health)],
});
