import type { Store } from "../src/core/ports/store.ts";
import type { Vault } from "../src/core/ports/vault.ts";

const turn = (): Promise<void> => new Promise((done) => void setImmediate(done));

type Method = (...given: unknown[]) => Promise<unknown>;

/** What one writer does after the other; all else may overtake. */
const writes: ReadonlySet<string> = new Set(["record", "commit", "erase"]);

/**
 * A store whose answers come one turn of the event loop later, as over a network: nothing of a call has happened when it
 * returns. Batches of a device are written in the order of the calls.
 */
class Late {
  #last: Promise<unknown> = Promise.resolve();

  /** A port each of whose methods answers late. */
  port<Port extends object>(port: Port): Port {
    const made = new Map<string, unknown>();
    return new Proxy(port, {
      get: (target, name, receiver) => {
        const own: unknown = Reflect.get(target, name, receiver);
        if (typeof own !== "function" || typeof name !== "string") return own;
        const known = made.get(name);
        if (known !== undefined) return known;
        const method = this.#late(name, own.bind(target) as Method);
        made.set(name, method);
        return method;
      },
    });
  }

  #late(name: string, own: Method): unknown {
    if (name === "traces") return (...given: unknown[]) => lateWalk(own(...given) as unknown as AsyncGenerator);
    if (!writes.has(name)) return (...given: unknown[]) => turn().then(() => own(...given));
    return (...given: unknown[]) => {
      const mine = Promise.all([this.#last, turn()]).then(() => own(...given));
      this.#last = mine.catch(() => {});
      return mine;
    };
  }
}

async function* lateWalk(walk: AsyncGenerator): AsyncGenerator {
  for await (const each of walk) {
    await turn();
    yield each;
  }
}

export function lateStore(store: Store): Store {
  const late = new Late();
  const ports = Object.entries(store).map(([name, port]) => [
    name,
    typeof port === "object" && port !== null ? late.port(port) : port,
  ]);
  return {
    ...(Object.fromEntries(ports) as Store),
    vaults: { open: async (hold) => late.port<Vault>(await turn().then(() => store.vaults.open(hold))) },
  };
}
