import type { Principal } from "../model/principal.ts";
import type { Clock } from "../base/clock.ts";
import { homeTenant } from "../ports/tenants.ts";
import type { Audit } from "../ports/audit.ts";

export interface AuditPorts {
  store: { readonly audit: Audit };
  clock: Clock;
  ids: { message(): string };
}

/** Writes down who did what. For calls the gate does it, once they are done; for the command line its administration. */
export class Auditor {
  readonly #ports: AuditPorts;

  constructor(ports: AuditPorts) {
    this.#ports = ports;
  }

  /** `tenant`: whose thing it is; null when nobody's in particular. */
  async note(by: Principal, action: string, tenant: string | null, subject: string | null): Promise<void> {
    const { store, clock, ids } = this.#ports;
    const actor = by.key;
    const address = by.address ?? null;
    await store.audit.record({ id: ids.message(), at: clock.now(), tenant, actor, address, action, subject });
  }

  /** What a plugin did to a device or a plugin of the home tenant. */
  async plugin(name: string, action: string, subject: string): Promise<void> {
    const { store, clock, ids } = this.#ports;
    const entry = { tenant: homeTenant, actor: `plugin:${name}`, address: null, action, subject };
    await store.audit.record({ id: ids.message(), at: clock.now(), ...entry });
  }

  /** A wrong key from `address`; null: from many. */
  async refused(address: string | null): Promise<void> {
    const { store, clock, ids } = this.#ports;
    const entry = { tenant: null, actor: "unknown", address, action: "key.refused", subject: null };
    await store.audit.record({ id: ids.message(), at: clock.now(), ...entry });
  }
}
