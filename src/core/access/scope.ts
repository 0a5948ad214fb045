import type { Principal } from "../model/principal.ts";
import { Failure } from "../base/failure.ts";
import type { Scope } from "../model/scopes.ts";

/** Throws `forbidden` when the caller's key was not given this scope. The admin has every one. */
export function need(principal: Principal, scope: Scope): void {
  if (principal.kind === "admin" || principal.scopes.includes(scope)) return;
  throw new Failure("forbidden", `This key lacks the scope "${scope}".`);
}
