/**
 * The control: the bot as it is, on a store that writes no step of a ratchet down. It reads its own steps for as long as it
 * lives, and after `kill -9` takes the same ones again.
 */
import { compose } from "../../src/composition/composition.ts";
import { loadConfig } from "../../src/config/config.ts";
import type { Store } from "../../src/core/ports/store.ts";
import type { Vault, VaultBatch } from "../../src/core/ports/vault.ts";
import { makeLog } from "../../src/log/log.ts";

const stepped = ["session", "sender-key"];
/** So many writes of a record are kept: what never had a chain to write on would begin anew, and repeat nothing. */
const enough = 2;

/** What is written of keys, and what is read of them, by device. */
class Forgetful {
  readonly #written = new Map<string, string | Uint8Array | null>();
  readonly #writes = new Map<string, number>();

  kept({ keys = {}, ...batch }: VaultBatch): VaultBatch {
    const kept: typeof keys = {};
    for (const [type, values] of Object.entries(keys)) {
      for (const [id, value] of Object.entries(values)) {
        const times = (this.#writes.get(`${type} ${id}`) ?? 0) + 1;
        this.#writes.set(`${type} ${id}`, times);
        if (stepped.includes(type) && times > enough) this.#written.set(`${type} ${id}`, value);
        else (kept[type] ??= {})[id] = value;
      }
    }
    return { ...batch, keys: kept };
  }

  around(vault: Vault): Vault {
    return {
      ...vault,
      get: async (type, ids) => {
        const found = await vault.get(type, ids);
        for (const id of ids) {
          const value = this.#written.get(`${type} ${id}`);
          if (value) found[id] = value;
        }
        return found;
      },
      commit: (batch) => vault.commit(this.kept(batch)),
    };
  }
}

const memory = new Forgetful();
const around = (store: Store): Store => ({
  ...store,
  vaults: { open: async (hold) => memory.around(await store.vaults.open(hold)) },
  ledger: {
    ...store.ledger,
    record: (hold, batch) =>
      store.ledger.record(hold, batch.vault ? { ...batch, vault: memory.kept(batch.vault) } : batch),
  },
});

const config = loadConfig();
const running = await compose(config, makeLog(config), { around });
process.stdout.write(`listens on ${running.url}\n`);
process.once("SIGTERM", () => void running.stop().then(() => process.exit(0)));
