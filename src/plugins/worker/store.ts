import type { KeyValues } from "../../sdk/bot.ts";
import { Locks } from "../../core/base/locks.ts";
import { call } from "./rpc.ts";

/** One update at a time for a key: everything of this plugin that writes runs in this worker. */
const keys = new Locks();
const inTurn = <T>(key: string, work: () => Promise<T>): Promise<T> => keys.hold([key], work);

export const keyValues: KeyValues = {
  get: async <T>(key: string) => (await call("store.get", key)) as T | null,
  set: (key, value) => inTurn(key, async () => void (await call("store.set", { key, value }))),
  delete: (key) => inTurn(key, () => call("store.delete", key)),
  list: async <T>(prefix = "") => (await call("store.list", prefix)) as { key: string; value: T }[],
  update: <T>(key: string, change: (now: T | null) => T | undefined) =>
    inTurn(key, async () => {
      const next = change((await call("store.get", key)) as T | null);
      if (next === undefined) await call("store.delete", key);
      else await call("store.set", { key, value: next });
      return next;
    }),
};
