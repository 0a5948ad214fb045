import { test } from "bun:test";
import type { Store } from "../../src/core/ports/store.ts";
import type { StoreOptions } from "../../src/store/open.ts";
import type { HandClock } from "../clock.ts";
import { lateStore } from "../late-store.ts";
import { house } from "../store/house.ts";

/** A store under contract, empty, and the time that it goes by. */
export interface Ground {
  store: Store;
  clock: HandClock;
}

/** What a clause may ask of the store it opens. */
export type Opening = Partial<Pick<StoreOptions, "targetsOf" | "queueLimit">>;
export type Open = (opening?: Opening) => Promise<Ground>;

/** Whatever stands behind the port `Store`: each clause of each contract is run over each of them. */
const implementations: Readonly<Record<string, Open>> = {
  SQLite: house,
  // As over a network.
  late: async (opening) => {
    const { store, clock } = await house(opening);
    return { store: lateStore(store), clock };
  },
};

/** A clause of a port's contract. It looks at the store through its ports alone: what they do not show is nobody's business. */
export function holds(clause: string, check: (open: Open) => Promise<void>): void {
  for (const [name, open] of Object.entries(implementations)) test(`${name}: ${clause}`, () => check(open));
}
