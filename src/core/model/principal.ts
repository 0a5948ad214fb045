import type { Scope } from "./scopes.ts";

/** Who is calling, and from which address when it came over a network. */
export type Principal = { address?: string } & (
  { kind: "admin"; key?: string } | { kind: "tenant"; tenant: string; key: string; scopes: readonly Scope[] }
);
