import type { ProxyServer } from "../model/proxy-server.ts";

/** Whose proxy it is: a device's own, by its uid, or the default of a tenant's devices. */
export type ProxyOwner = { device: string } | { tenant: string };

/** The proxies that devices leave by. Their passwords are secrets. */
export interface Proxies {
  list(): Promise<{ owner: ProxyOwner; proxy: ProxyServer }[]>;
  /** Null takes it away. */
  set(owner: ProxyOwner, proxy: ProxyServer | null): Promise<void>;
}
