import { type ApiError, asApiError, get } from "./api.ts";
import { Cell } from "./cell.ts";
import type { Schemas } from "./schemas.ts";

export type FleetDevice = Schemas["TenantsDevice"];
export type FleetWebhook = Schemas["TenantsWebhook"];
export type IncidentJson = Schemas["Incident"];

/** Everybody's devices and webhooks, and what goes wrong besides. */
export interface Fleet {
  readonly devices: readonly FleetDevice[];
  readonly webhooks: readonly FleetWebhook[];
  readonly incidents: readonly IncidentJson[];
}

/** As it was read last; null before that, and for whoever is no admin. */
export const fleet = new Cell<Fleet | null>(null);
export const fleetError = new Cell<ApiError | null>(null);

let newest = 0;

/** Reads it anew. */
export async function readFleet(): Promise<void> {
  const turn = ++newest;
  try {
    const [devices, webhooks, incidents] = await Promise.all([
      get<FleetDevice[]>("/v1/admin/devices"),
      get<FleetWebhook[]>("/v1/admin/webhooks"),
      get<IncidentJson[]>("/v1/admin/incidents?open=true"),
    ]);
    if (turn !== newest) return;
    fleet.set({ devices, webhooks, incidents });
    fleetError.set(null);
  } catch (thrown) {
    if (turn === newest) fleetError.set(asApiError(thrown));
  }
}

/** Somebody else may sign in. */
export function forgetFleet(): void {
  newest += 1;
  fleet.set(null);
  fleetError.set(null);
}
