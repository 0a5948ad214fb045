import type { Scope } from "./scopes.ts";

/** Who is calling. Nothing of it may be left out: what is not in it, the caller may not. */
export interface Principal {
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** The id of the key, or the name of who calls without one that is kept: `API_KEY`, `AUTH=off`, `command line`. */
  readonly key: string;
  /** Ids of the devices there are for the caller; null is every one of the tenant. */
  readonly devices: readonly string[] | null;
  /** From where, when it came over a network. */
  readonly address?: string;
}
