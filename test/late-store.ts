import type { Store } from "../src/core/ports/store.ts";
import type { Vault, VaultBatch } from "../src/core/ports/vault.ts";

const turn = (): Promise<void> => new Promise((done) => void setImmediate(done));

/**
 * A store of keys whose answers come one turn of the event loop later, as over a network: what was written can be read only
 * when its promise has resolved.
 */
function late(vault: Vault): Vault {
  let last: Promise<void> | null = null;
  /** In the order of the calls. */
  const later = (work: () => Promise<void>): Promise<void> => {
    const mine = Promise.all([last, turn()]).then(work);
    last = mine;
    mine.then(
      () => last === mine && (last = null),
      () => {},
    );
    return mine;
  };
  return {
    ...vault,
    get unwritten() {
      return last ?? vault.unwritten;
    },
    get: (type, ids) => turn().then(() => vault.get(type, ids)),
    journalled: (hash) => turn().then(() => vault.journalled(hash)),
    join: (batch: VaultBatch) => later(() => vault.join(batch)),
    commit: (batch: VaultBatch) => later(() => vault.commit(batch)),
    close: async () => {
      await last?.catch(() => {});
      await vault.close();
    },
  };
}

export const lateStore = (store: Store): Store => ({
  ...store,
  vaults: { open: async (hold) => late(await store.vaults.open(hold)) },
});
