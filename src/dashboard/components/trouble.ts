import type { Fleet, FleetDevice, FleetWebhook, IncidentJson } from "../base/fleet.ts";

/** Something that a person should look at, and where it is mended. `since`: Unix seconds. */
export type Trouble =
  | { kind: "device"; key: string; tenant: string; since: number; device: FleetDevice; mend: "link" | "start" | "wait" }
  | { kind: "webhook"; key: string; tenant: string; since: number; webhook: FleetWebhook }
  | { kind: "incident"; key: string; tenant: null; since: number; incident: IncidentJson };

/** A device that reconnects by itself is no trouble for so long, seconds. */
const patience = 60;

/** What was told of a device or a webhook stands in their own rows. */
const ofRows = /^(device|webhook)_|^passkey_asked$/;

/** What needs a hand, the newest first. `now`: Unix seconds. */
export function troublesIn({ devices, webhooks, incidents }: Fleet, now: number): Trouble[] {
  const found: Trouble[] = [];
  for (const device of devices) {
    const mend = mendOf(device, now);
    const { tenant, since } = device;
    if (mend) found.push({ kind: "device", key: `${tenant}/${device.device_id}`, tenant, since, device, mend });
  }
  for (const webhook of webhooks) {
    const { tenant, failing_since, updated_at } = webhook;
    if (failing_since === null && webhook.status !== "disabled") continue;
    found.push({ kind: "webhook", key: webhook.id, tenant, since: failing_since ?? updated_at, webhook });
  }
  for (const incident of incidents)
    if (!ofRows.test(incident.rule))
      found.push({ kind: "incident", key: incident.id, tenant: null, since: incident.opened_at, incident });
  return found.toSorted((a, b) => b.since - a.since);
}

/** What mends a device; null when nothing is wrong with it. */
function mendOf({ phase, since, unlinked, phone_number }: FleetDevice, now: number): "link" | "start" | "wait" | null {
  if (phase === "connected") return null;
  // An account was lost, by the phone or by WhatsApp: only a new link brings it back.
  if (unlinked !== null || phase === "passkey_required") return "link";
  if (phase === "failed" || phase === "restricted") return phone_number === null ? "link" : "start";
  if (phase === "waiting" && now - since > patience) return "wait";
  return null;
}
