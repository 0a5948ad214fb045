import type { Limits } from "../model/budgets.ts";

export interface Tenant {
  id: string;
  name: string;
  /** How many devices it may have; null is no limit. */
  deviceLimit: number | null;
  /** Budgets that differ from the default; null is no limit. */
  limits: Partial<Limits>;
  /** Whether events and messages carry links to their files, for whoever has no key. */
  mediaLinks: boolean;
  createdAt: number;
}

/** The tenant that the admin key itself lives in, and the only one most people ever have. */
export const homeTenant = "default";

export type TenantChange = Partial<Pick<Tenant, "name" | "deviceLimit" | "limits" | "mediaLinks">>;

export interface Tenants {
  list(): Promise<Tenant[]>;
  get(id: string): Promise<Tenant | null>;
  /** Throws `conflict` when the id is taken. */
  create(tenant: Tenant): Promise<void>;
  /** False when there is no such tenant. */
  update(id: string, change: TenantChange): Promise<boolean>;
  /** With its keys and webhooks. Throws `conflict` while it has devices. */
  remove(id: string): Promise<void>;
}
