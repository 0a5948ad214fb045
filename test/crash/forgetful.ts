/**
 * The control: the bot as it is, on a store that writes no step of a ratchet down. It reads its own steps for as long as it
 * lives, and after `kill -9` takes the same ones again.
 */
import { compose } from "../../src/composition/composition.ts";
import { loadConfig } from "../../src/config/config.ts";
import type { Store } from "../../src/core/ports/store.ts";
import type { Vault } from "../../src/core/ports/vault.ts";
import { makeLog } from "../../src/log/log.ts";

const stepped = ["session", "sender-key"];
/** So many writes of a record are kept: what never had a chain to write on would begin anew, and repeat nothing. */
const enough = 2;

function forgetful(vault: Vault): Vault {
  const written = new Map<string, string | Uint8Array | null>();
  const writes = new Map<string, number>();
  return {
    ...vault,
    get unwritten() {
      return vault.unwritten;
    },
    async get(type, ids) {
      const found = await vault.get(type, ids);
      for (const id of ids) {
        const value = written.get(`${type} ${id}`);
        if (value) found[id] = value;
      }
      return found;
    },
    join({ keys = {}, ...batch }) {
      const kept: typeof keys = {};
      for (const [type, values] of Object.entries(keys)) {
        for (const [id, value] of Object.entries(values)) {
          const times = (writes.get(`${type} ${id}`) ?? 0) + 1;
          writes.set(`${type} ${id}`, times);
          if (stepped.includes(type) && times > enough) written.set(`${type} ${id}`, value);
          else (kept[type] ??= {})[id] = value;
        }
      }
      return vault.join({ ...batch, keys: kept });
    },
  };
}

const around = (store: Store): Store => ({
  ...store,
  vaults: { open: async (hold) => forgetful(await store.vaults.open(hold)) },
});

const config = loadConfig();
const running = await compose(config, makeLog(config), { around });
process.stdout.write(`listens on ${running.url}\n`);
process.once("SIGTERM", () => void running.stop().then(() => process.exit(0)));
