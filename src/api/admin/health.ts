import * as docs from "../docs/admin-health.ts";
import { type Tools, routes } from "../face.ts";
import { unixSeconds } from "../moment.ts";

/** `/v1/admin/health`: how this process does. */
export const health = ({ version, lag }: Tools) =>
  routes("/v1/admin/health", "admin").get(
    "/",
    async ({ administer }) => {
      const { devices, offlineQueue, messagesWaiting, deliveriesOwed, oldestDueAt, ...disk } =
        await administer().health();
      const { mean, worst } = lag();
      return {
        success: true,
        data: {
          version,
          bun: Bun.version,
          platform: `${process.platform}-${process.arch}`,
          uptime: Math.round(process.uptime() * 1_000),
          memory: process.memoryUsage.rss(),
          lag: { mean, worst },
          devices,
          offline_queue: offlineQueue,
          messages_waiting: messagesWaiting,
          deliveries_owed: deliveriesOwed,
          oldest_delivery_due_at: oldestDueAt === null ? null : unixSeconds(oldestDueAt),
          database_bytes: disk.databaseBytes,
          media_bytes: disk.mediaBytes,
          disk_free_bytes: disk.diskFreeBytes,
        },
      };
    },
    docs.report,
  );
