import { operation } from "./answers.ts";
import { adminOnly } from "./keyed.ts";

export const health = operation("How the process does: versions, memory, lag, what waits", adminOnly, {
  200: [
    "`uptime` and `lag` in milliseconds, `memory` and `database_bytes` in bytes, `devices` by phase",
    {
      success: true,
      data: {
        version: "0.1.0",
        bun: "1.4.5",
        platform: "linux-x64",
        uptime: 86400000,
        memory: 83886080,
        lag: { mean: 0, worst: 3 },
        devices: { connected: 3, pairing: 1 },
        messages_waiting: 0,
        deliveries_owed: 2,
        oldest_delivery_due_at: 1703145670,
        database_bytes: 1048576,
      },
    },
  ],
});
