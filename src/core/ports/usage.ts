import type { StoredBudget } from "../model/budgets.ts";

/** How much a tenant has of what is kept. */
export interface Usage {
  of(tenant: string): Promise<Record<StoredBudget, number>>;
}
