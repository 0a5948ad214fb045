import type { Store } from "../../src/core/ports/store.ts";
import type { Vault } from "../../src/core/ports/vault.ts";

/** Every place in both flows where a crash might lose something, were the order of things another. */
export const points = [
  "inbound: decrypted, nothing on disk",
  "inbound: on disk, not receipted",
  "inbound: in the journal, event not written",
  "inbound: event written after the journal",
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
  /** Events come late, so that their messages go into the journal first. */
  const isSlow = point.includes("journal");
  const journalled = Promise.withResolvers<void>();
  return (store) => ({
    ...store,
    vaults: {
      open: async (hold) => dyingVault(await store.vaults.open(hold), reach, journalled.resolve),
    },
    contacts: {
      ...store.contacts,
      async find(...args) {
        if (isSlow) await journalled.promise;
        return store.contacts.find(...args);
      },
    },
    ledger: {
      ...store.ledger,
      async record(hold, batch) {
        const inbound = batch.events.some(({ type }) => type === "message.received" || type === "channel.post");
        const acked = batch.messages?.some(({ state }) => state === "sent") ?? false;
        if (batch.vault?.seen?.length) reach("inbound: decrypted, nothing on disk");
        if (inbound && batch.vault?.settled?.length) reach("inbound: in the journal, event not written");
        if (acked) reach("outbound: acknowledged by WhatsApp, not written");
        const recorded = await store.ledger.record(hold, batch);
        if (batch.vault?.seen?.length) reach("inbound: on disk, not receipted");
        if (inbound && batch.vault?.settled?.length) reach("inbound: event written after the journal");
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

function dyingVault(vault: Vault, reach: (here: Point) => void, journalled: () => void): Vault {
  return {
    ...vault,
    async commit(batch) {
      await vault.commit(batch);
      if (batch.journal?.length) journalled();
      if (batch.credentials) reach("linking: credentials written");
    },
  };
}
