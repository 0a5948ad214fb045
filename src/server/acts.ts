import type { Route } from "../api/table/find.ts";
import type { Principal } from "../core/model/principal.ts";

/** Writes into the audit log who did what to whose thing. Never throws: what was done was done. */
export type Audited = (by: Principal, action: string, tenant: string | null, subject: string | null) => Promise<void>;

/** Parts of paths that name what is ours; the others may be phone numbers. From the nearest to the farthest. */
const named = ["device", "webhook", "plugin", "key", "tenant", "id", "new"];
/** Where an answer names what was made. */
const made = ["message_id", "id", "device_id", "bulk_id"];
/** Where it names what was changed. */
const changed = "changed";

/** Writes down the act that a call was, if it was one and went well. */
export async function auditAct(
  audit: Audited,
  by: Principal,
  { row, params }: Route,
  response: Response,
): Promise<void> {
  if (row.audit === null || !response.ok) return;
  const found = named.find((name) => params[name] !== undefined);
  const subject =
    found === undefined ? ((await madeIn(response)) ?? (await changedIn(response))) : (params[found] ?? null);
  const tenant = !row.admin ? by.tenant : (params["tenant"] ?? (row.audit === "tenant.create" ? subject : null));
  await audit(by, row.audit, tenant, subject);
}

/**
 * Writes down that a call would have changed something and was refused. `device` is one that the caller has: what else
 * stands in the path is the caller's own word, and would let anybody fill the log.
 */
export async function auditRefusal(
  audit: Audited,
  by: Principal,
  { row }: Route,
  { status }: Response,
  device: string | null,
): Promise<void> {
  if (row.audit === null || status === tooMany) return;
  await audit(by, `${row.audit}.refused`, row.admin ? null : by.tenant, device);
}

/** Said by budgets, whose figures tell of it. */
const tooMany = 429;

/** The id of what a call made, which only its answer knows. */
export async function madeIn(response: Response): Promise<string | null> {
  const fields = await answered(response);
  const id = made.map((name) => fields.get(name)).find((value) => typeof value === "string");
  return typeof id === "string" ? id : null;
}

/** The names of what a call changed, where its answer says them. */
async function changedIn(response: Response): Promise<string | null> {
  const names = (await answered(response)).get(changed);
  return Array.isArray(names) && names.length > 0 ? names.join(", ") : null;
}

/** The fields of an answer's `data`. */
async function answered(response: Response): Promise<Map<string, unknown>> {
  if (!response.headers.get("content-type")?.startsWith("application/json")) return new Map();
  const body: unknown = await response.clone().json();
  const data = typeof body === "object" && body !== null && "data" in body ? body.data : null;
  return new Map(typeof data === "object" && data !== null ? Object.entries(data) : []);
}
