import type { Store } from "../src/core/ports/store.ts";
import type { Vault, VaultBatch } from "../src/core/ports/vault.ts";
import type { Batch } from "../src/core/ports/ledger.ts";
import type { Hold } from "../src/core/ports/hold.ts";

const turn = (): Promise<void> => new Promise((done) => void setImmediate(done));

/**
 * A store whose answers come one turn of the event loop later, as over a network: what was written can be read only when its
 * promise has resolved. Writes are made in the order of the calls.
 */
class Late {
  #last: Promise<unknown> = Promise.resolve();

  readonly ask = <Args extends unknown[], T>(work: (...args: Args) => Promise<T>) => {
    return (...args: Args): Promise<T> => turn().then(() => work(...args));
  };

  readonly write = <Args extends unknown[], T>(work: (...args: Args) => Promise<T>) => {
    return (...args: Args): Promise<T> => {
      const mine = Promise.all([this.#last, turn()]).then(() => work(...args));
      this.#last = mine.catch(() => {});
      return mine;
    };
  };

  vault(vault: Vault): Vault {
    return {
      ...vault,
      credentials: this.ask(() => vault.credentials()),
      get: this.ask((type: string, ids: readonly string[]) => vault.get(type, ids)),
      journalled: this.ask((hash: string) => vault.journalled(hash)),
      pending: this.ask(() => vault.pending()),
      commit: this.write((batch: VaultBatch) => vault.commit(batch)),
      erase: this.write(() => vault.erase()),
    };
  }
}

export function lateStore(store: Store): Store {
  const late = new Late();
  return {
    ...store,
    vaults: { open: async (hold) => late.vault(await store.vaults.open(hold)) },
    ledger: { ...store.ledger, record: late.write((hold: Hold, batch: Batch) => store.ledger.record(hold, batch)) },
  };
}
