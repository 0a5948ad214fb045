import type { Principal } from "../model/principal.ts";
import type { BotEvent } from "../model/events/events.ts";
import { scopeOf } from "../model/events/events.ts";
import { Failure } from "../base/failure.ts";
import type { Scope } from "../model/scopes.ts";

/** True when the caller's key was given this scope. */
export const allows = (principal: Principal, scope: Scope): boolean => principal.scopes.includes(scope);

/** Throws `forbidden` when the caller's key was not given this scope. */
export function need(principal: Principal, scope: Scope): void {
  if (allows(principal, scope)) return;
  if (scope === "admin") throw new Failure("forbidden", "Only an admin key may do this.");
  throw new Failure("forbidden", `This key lacks the scope "${scope}".`);
}

/** Whether there is such a device for the caller; null is what concerns the tenant itself. */
export const reaches = ({ devices }: Pick<Principal, "devices">, device: string | null): boolean =>
  devices === null || (device !== null && devices.includes(device));

/** Whether the caller may hear of an event. */
export const hears = (principal: Principal, event: BotEvent): boolean =>
  reaches(principal, event.device) && allows(principal, scopeOf(event.type));
