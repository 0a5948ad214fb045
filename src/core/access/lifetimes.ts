import { Failure } from "../base/failure.ts";
import { type ContentRule, type Lifetime, mostDays, type TenantLifetime } from "../model/lifetime.ts";
import type { Lifetimes } from "../ports/lifetimes.ts";
import type { Scope } from "../model/scopes.ts";

/** What the settings say, days. */
export interface UsualDays {
  readonly eventDays: number;
  readonly historyDays: number;
}

/** How long a device keeps what it has, and how long that comes to. */
export interface DeviceRetention extends Lifetime {
  readonly effective: UsualDays;
  /** Of its tenant. */
  readonly contents: ContentRule;
}

export interface DeviceLifetimePorts {
  lifetimes: Lifetimes;
  usual: () => UsualDays;
  tenant: string;
  /** Its uid. */
  device: string;
  /** Throws `forbidden`. */
  readonly need: (scope: Scope) => void;
}

const fields = { eventDays: "event_days", historyDays: "history_days" } as const;
type Days = keyof typeof fields;

/** Throws `invalid`. */
export function checkDays(lifetime: Partial<Lifetime>): void {
  for (const name of Object.keys(fields) as Days[]) {
    const days = lifetime[name] ?? null;
    if (days === null || (Number.isSafeInteger(days) && days >= 1 && days <= mostDays)) continue;
    throw new Failure("invalid", `"${fields[name]}" takes 1 to ${mostDays} days, or null for what is usual.`, {
      field: fields[name],
    });
  }
}

/** How long one device keeps what it has: for less than its tenant, never for longer. */
export class DeviceLifetimes {
  readonly #ports: DeviceLifetimePorts;

  constructor(ports: DeviceLifetimePorts) {
    this.#ports = ports;
  }

  async get(): Promise<DeviceRetention> {
    this.#ports.need("read");
    return this.#standing();
  }

  /** What is not named stays. Throws `invalid` for more days than its tenant has. */
  async change(change: Partial<Lifetime>): Promise<DeviceRetention> {
    const { need, lifetimes, tenant, device } = this.#ports;
    need("manage");
    checkDays(change);
    const above = daysOf(await lifetimes.ofTenant(tenant), this.#ports.usual());
    for (const name of Object.keys(fields) as Days[]) {
      if ((change[name] ?? 0) <= above[name]) continue;
      const sentence = `"${fields[name]}" is ${above[name]} at most: as long as everything here is kept.`;
      throw new Failure("invalid", sentence, { field: fields[name] });
    }
    await lifetimes.setDevice(tenant, device, { ...(await lifetimes.ofDevice(device)), ...change });
    return this.#standing();
  }

  async #standing(): Promise<DeviceRetention> {
    const { lifetimes, usual, tenant, device } = this.#ports;
    const [own, above] = await Promise.all([lifetimes.ofDevice(device), lifetimes.ofTenant(tenant)]);
    const most = daysOf(above, usual());
    const effective = {
      eventDays: Math.min(own.eventDays ?? Infinity, most.eventDays),
      historyDays: Math.min(own.historyDays ?? Infinity, most.historyDays),
    };
    return { ...own, effective, contents: above.contents };
  }
}

const daysOf = ({ eventDays, historyDays }: TenantLifetime, usual: UsualDays): UsualDays => ({
  eventDays: eventDays ?? usual.eventDays,
  historyDays: historyDays ?? usual.historyDays,
});
