import type { Principal } from "../model/principal.ts";
import { Failure } from "../base/failure.ts";
import type { Scope } from "../model/scopes.ts";

/** True when the caller's key was given this scope. The admin has every one. */
export const allows = (principal: Principal, scope: Scope): boolean =>
  principal.kind === "admin" || principal.scopes.includes(scope);

/** Throws `forbidden` when the caller's key was not given this scope. */
export function need(principal: Principal, scope: Scope): void {
  if (allows(principal, scope)) return;
  throw new Failure("forbidden", `This key lacks the scope "${scope}".`);
}
