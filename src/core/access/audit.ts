import type { Principal } from "../model/principal.ts";
import type { Clock } from "../base/clock.ts";
import type { Audit } from "../ports/audit.ts";

export interface AuditPorts {
  store: { readonly audit: Audit };
  clock: Clock;
  ids: { message(): string };
}

/** Writes down who did what, before it is done. */
export class Auditor {
  constructor(private readonly ports: AuditPorts) {}

  /** `tenant`: whose thing it is; null when nobody's in particular. */
  async note(by: Principal, action: string, tenant: string | null, subject: string | null): Promise<void> {
    const { store, clock, ids } = this.ports;
    const actor = by.kind === "admin" ? "admin" : by.key;
    const address = by.address ?? null;
    await store.audit.record({ id: ids.message(), at: clock.now(), tenant, actor, address, action, subject });
  }

  /** A wrong key from `address`. */
  async refused(address: string): Promise<void> {
    const { store, clock, ids } = this.ports;
    const entry = { tenant: null, actor: "unknown", address, action: "key.refused", subject: null };
    await store.audit.record({ id: ids.message(), at: clock.now(), ...entry });
  }
}
