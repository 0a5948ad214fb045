import type { Lifetime, TenantLifetime } from "../model/lifetime.ts";

/** How long each tenant and device keeps what it has. What is not set is as usual. */
export interface Lifetimes {
  ofTenant(tenant: string): Promise<TenantLifetime>;
  setTenant(tenant: string, lifetime: TenantLifetime): Promise<void>;
  /** By its uid. */
  ofDevice(device: string): Promise<Lifetime>;
  setDevice(tenant: string, device: string, lifetime: Lifetime): Promise<void>;
}
