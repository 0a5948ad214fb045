import type { Store } from "../../src/core/ports/store.ts";
import type { Vault } from "../../src/core/ports/vault.ts";

/** Every place in both flows where a crash might lose something, were the order of things another. */
export const points = [
  "inbound: decrypted, journal not yet on disk",
  "inbound: journal on disk, event not written",
  "inbound: event written, journal not settled",
  "inbound: journal settled",
  "outbound: queued",
  "outbound: marked as sending",
  "outbound: composed, not sent",
  "outbound: acknowledged by WhatsApp, not written",
  "outbound: acknowledgement written",
  "delivery: posted, cursor not moved",
  "delivery: cursor moved",
  "linking: credentials written",
] as const;
export type Point = (typeof points)[number];

/** The store, made to end the process as power loss would, the nth time a point is reached. */
export function dyingAt(point: Point, nth: number): (store: Store) => Store {
  let count = 0;
  const reach = (here: Point): void => {
    if (here !== point || ++count < nth) return;
    process.kill(process.pid, "SIGKILL");
  };
  return (store) => ({
    ...store,
    vaults: {
      open: async (hold) => dyingVault(await store.vaults.open(hold), reach),
    },
    ledger: {
      ...store.ledger,
      async record(hold, batch) {
        const inbound = batch.events.some(({ type }) => type === "message.received" || type === "channel.post");
        const acked = batch.messages?.some(({ state }) => state === "sent") ?? false;
        if (inbound) reach("inbound: journal on disk, event not written");
        if (acked) reach("outbound: acknowledged by WhatsApp, not written");
        const recorded = await store.ledger.record(hold, batch);
        if (inbound) reach("inbound: event written, journal not settled");
        if (acked) reach("outbound: acknowledgement written");
        if (batch.messages?.some(({ wire }) => wire)) reach("outbound: composed, not sent");
        return recorded;
      },
    },
    messages: {
      ...store.messages,
      async queue(device, message) {
        const queued = await store.messages.queue(device, message);
        reach("outbound: queued");
        return queued;
      },
      async take(hold, waIds, at) {
        await store.messages.take(hold, waIds, at);
        reach("outbound: marked as sending");
      },
    },
    deliveries: {
      ...store.deliveries,
      async exchange(ask) {
        if (ask.delivered.size > 0) reach("delivery: posted, cursor not moved");
        const exchanged = await store.deliveries.exchange(ask);
        if (ask.cursors.size > 0) reach("delivery: cursor moved");
        return exchanged;
      },
    },
  });
}

function dyingVault(vault: Vault, reach: (here: Point) => void): Vault {
  return {
    ...vault,
    get unwritten() {
      return vault.unwritten;
    },
    join(batch) {
      const written = vault.join(batch);
      if (batch.journal) reach("inbound: decrypted, journal not yet on disk");
      if (batch.settled) void written.then(() => reach("inbound: journal settled"));
      if (batch.credentials) reach("linking: credentials written");
      return written;
    },
  };
}
