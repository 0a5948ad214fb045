import type { DeviceStatus } from "../model/device-status.ts";
import type { Principal } from "../model/principal.ts";
import { type AuditPorts, Auditor } from "./audit.ts";
import { Failure } from "../base/failure.ts";
import { type OfflineQueueFigures, type OfflineQueueTotals, totalOf } from "../model/offline-queue.ts";
import type { Phase } from "../model/phase.ts";
import { hashKey, isUsable, isWhole, newKey, prefixOf } from "./keys.ts";
import { checkDays } from "./lifetimes.ts";
import type { TenantLifetime } from "../model/lifetime.ts";
import { need } from "./scope.ts";
import type { AuditEntry, AuditQuery } from "../ports/audit.ts";
import type { Figures, Store } from "../ports/store.ts";
import type { KeyRecord } from "../ports/keys.ts";
import type { Message } from "../model/message/message.ts";
import type { ManyQuery } from "../ports/messages.ts";
import type { SessionForm } from "../ports/moving.ts";
import { proxyIn, type ProxyServer, shownProxy } from "../model/proxy-server.ts";
import { type Scope, scopes } from "../model/scopes.ts";
import type { Traces, TraceEntry } from "../trace/traces.ts";
import { type Tenant, type TenantChange, homeTenant } from "../ports/tenants.ts";
import type { BotEvent, EventType } from "../model/events/events.ts";
import { defaultDeviceLimit } from "../model/budgets.ts";
import type { Recent } from "../ports/delivery-log.ts";
import type { Endpoint } from "../ports/endpoint.ts";
import { type Change, ChangeFeed, type Listen, type OtherChanges } from "./change-feed.ts";
import type { Budgets, BudgetUse } from "./budgets.ts";

export interface AdministrationPorts extends AuditPorts {
  store: Pick<Store, "tenants" | "keys" | "audit" | "devices" | "figures" | "lifetimes" | "messages">;
  /** Where stanzas are recorded. */
  traces: Traces;
  budgets: Budgets;
  /** Whether its acts are written down here: nobody stands between the command line and it. */
  audited: boolean;
  /** Called after keys changed. */
  keysChanged: () => Promise<void>;
  /** Of every connection of every tenant. */
  offlineQueues: () => OfflineQueueFigures[];
  proxies: TenantProxies;
  /** Called when tenants have other proxies. */
  rerouted: () => Promise<void>;
  /** What a principal may use. */
  workspace: (principal: Principal) => ManagedTenant;
  /** Every event of every tenant from now on, until the returned function is called. */
  listen: Listen<{ tenant: string; event: BotEvent }>;
}

/** The devices and webhooks of one tenant, for a principal who may use them. */
export interface ManagedTenant {
  readonly webhooks: { list(): Endpoint[]; health(id: string): Recent };
  devices(): ManagedDevice[];
  /** Throws `not_found`. */
  device(id: string): ManagedDevice;
  /** Throws `invalid`, `limit_reached`. */
  createDevice(id: string, label?: string, proxy?: string): Promise<ManagedDevice>;
}

/** The proxies that devices of tenants leave by when they have none of their own. */
export interface TenantProxies {
  ofTenant(tenant: string): ProxyServer | null;
  set(owner: { tenant: string }, proxy: ProxyServer | null): Promise<void>;
}

/** What the admin changes of a tenant; `proxy` is an address with its password, null takes it away. */
export type TenantUpdate = TenantChange & { proxy?: string | null };

export interface ManagedDevice {
  status(): DeviceStatus;
  moveOut(passphrase: string, form: SessionForm): Promise<string>;
  remove(): Promise<void>;
}

export interface TenantDevice {
  readonly tenant: string;
  readonly status: DeviceStatus;
}

export interface TenantMessage {
  readonly tenant: string;
  /** The id of its device. */
  readonly device: string;
  readonly message: Message;
}

export interface TenantWebhook {
  readonly endpoint: Endpoint;
  readonly recent: Recent;
}

export interface NewTenant {
  id: string;
  name?: string;
  /** 10 when left out; null is no limit. */
  deviceLimit?: number | null;
  limits?: Tenant["limits"];
  /** The address of the proxy that its devices leave by when they have none of their own. */
  proxy?: string | null;
  /** True when left out. */
  mediaLinks?: boolean;
}

export interface NewKey {
  tenant: string;
  name: string;
  /** Some of `scopes`; `admin` goes with the home tenant and every device. */
  scopes: readonly Scope[];
  /** Ids of devices, made or not; null is every one of the tenant. */
  devices: readonly string[] | null;
  /** Milliseconds since 1970, or null for never. */
  expiresAt: number | null;
}

/** What only the admin may do. */
export class Administration {
  readonly #ports: AdministrationPorts;
  readonly #by: Principal;

  constructor(ports: AdministrationPorts, by: Principal) {
    this.#ports = ports;
    this.#by = by;
    need(by, "admin");
  }

  async tenants(): Promise<Tenant[]> {
    need(this.#by, "read");
    return this.#ports.store.tenants.list();
  }

  /** Throws `not_found`. */
  async tenant(id: string): Promise<Tenant> {
    need(this.#by, "read");
    return this.#tenant(id);
  }

  async #tenant(id: string): Promise<Tenant> {
    const found = await this.#ports.store.tenants.get(id);
    if (!found) throw new Failure("not_found", `There is no tenant "${id}".`);
    return found;
  }

  /** Throws `invalid`, `conflict`. */
  async createTenant({
    id,
    name = id,
    deviceLimit = defaultDeviceLimit,
    limits = {},
    proxy,
    mediaLinks = true,
  }: NewTenant): Promise<Tenant> {
    need(this.#by, "manage");
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id))
      throw new Failure("invalid", 'A tenant id takes 1 to 64 letters, digits, _ and -, e.g. "acme".', { field: "id" });
    const leaves = proxy ? proxyIn(proxy) : null;
    const tenant: Tenant = { id, name, deviceLimit, limits, mediaLinks, createdAt: this.#ports.clock.now() };
    await this.#note("tenant.create", id, id);
    await this.#ports.store.tenants.create(tenant);
    if (leaves) await this.#ports.proxies.set({ tenant: id }, leaves);
    await this.#ports.budgets.refresh();
    return tenant;
  }

  /** The proxy of a tenant's devices, as it is shown: with *** for its password. */
  proxyOf(tenant: string): string | null {
    const proxy = this.#ports.proxies.ofTenant(tenant);
    return proxy && shownProxy(proxy);
  }

  /** What a tenant has of each of its budgets. Throws `not_found`. */
  async usage(tenant: string): Promise<BudgetUse[]> {
    await this.tenant(tenant);
    return this.#ports.budgets.usage(tenant);
  }

  /** Limits that are not named stay as they are. Throws `not_found`. */
  async updateTenant(id: string, { limits, proxy, ...rest }: TenantUpdate): Promise<Tenant> {
    need(this.#by, "manage");
    const before = await this.#tenant(id);
    const change = limits === undefined ? rest : { ...rest, limits: { ...before.limits, ...limits } };
    const leaves = proxy ? proxyIn(proxy) : null;
    await this.#note("tenant.update", id, id);
    await this.#ports.store.tenants.update(id, change);
    if (proxy !== undefined) {
      await this.#ports.proxies.set({ tenant: id }, leaves);
      await this.#ports.rerouted();
    }
    await this.#ports.budgets.refresh();
    return this.#tenant(id);
  }

  /** How long a tenant keeps what it has. Throws `not_found`. */
  async retention(tenant: string): Promise<TenantLifetime> {
    need(this.#by, "read");
    await this.#tenant(tenant);
    return this.#ports.store.lifetimes.ofTenant(tenant);
  }

  /** What is not named stays. Throws `not_found`, `invalid`. */
  async keepFor(id: string, change: Partial<TenantLifetime>): Promise<TenantLifetime> {
    need(this.#by, "manage");
    await this.#tenant(id);
    checkDays(change);
    const { lifetimes } = this.#ports.store;
    await this.#note("tenant.retention", id, id);
    await lifetimes.setTenant(id, { ...(await lifetimes.ofTenant(id)), ...change });
    return lifetimes.ofTenant(id);
  }

  /** With its keys. Throws `not_found`, `conflict` while it has devices or for the home tenant. */
  async removeTenant(id: string): Promise<void> {
    need(this.#by, "manage");
    await this.#tenant(id);
    if (id === homeTenant) throw new Failure("conflict", `The tenant "${id}" is the admin's own and stays.`);
    await this.#note("tenant.remove", id, id);
    await this.#ports.store.tenants.remove(id);
    await this.#ports.keysChanged();
  }

  async keys(tenant?: string): Promise<KeyRecord[]> {
    need(this.#by, "read");
    // Others may have changed them beside us: what is listed is what lets in.
    await this.#ports.keysChanged();
    const all = await this.#ports.store.keys.list();
    return tenant === undefined ? all : all.filter((key) => key.tenant === tenant);
  }

  /** The key itself is in the answer and nowhere else. Throws `not_found`, `invalid`. */
  async createKey(wanted: NewKey): Promise<{ key: string; record: KeyRecord }> {
    need(this.#by, "manage");
    const { tenant, name, scopes: granted, devices, expiresAt } = wanted;
    await this.#tenant(tenant);
    checkKey(wanted);
    const { clock, ids, store } = this.#ports;
    const now = clock.now();
    if (expiresAt !== null && expiresAt <= now)
      throw new Failure("invalid", "A key cannot expire in the past.", { field: "expires_at" });
    const made = this.#newKey({
      id: ids.message(),
      tenant,
      name,
      scopes: [...new Set(granted)],
      devices: devices && [...new Set(devices)],
      expiresAt,
    });
    await this.#note("key.create", tenant, made.record.id);
    await store.keys.create(made.record);
    await this.#ports.keysChanged();
    return made;
  }

  /**
   * Another key that may do the same. The one before ends after `overlap` ms, so that programs can change over. Throws
   * `not_found` for a key that lets nobody in any more.
   */
  async rotateKey(id: string, overlap: number): Promise<{ key: string; record: KeyRecord }> {
    need(this.#by, "manage");
    const { clock, ids, store } = this.#ports;
    const now = clock.now();
    const before = (await store.keys.list()).find((key) => key.id === id && isUsable(key, now));
    if (!before) throw new Failure("not_found", `There is no key ${id} to rotate.`);
    const { tenant, name, scopes: granted, devices, expiresAt } = before;
    const made = this.#newKey({ id: ids.message(), tenant, name, scopes: granted, devices, expiresAt });
    await this.#note("key.rotate", tenant, id);
    await store.keys.replace(id, Math.min(expiresAt ?? Infinity, now + overlap), made.record);
    await this.#ports.keysChanged();
    return made;
  }

  #newKey(of: Pick<KeyRecord, "id" | keyof NewKey>): { key: string; record: KeyRecord } {
    const key = newKey();
    const made = { hash: hashKey(key), prefix: prefixOf(key), createdBy: this.#by.key };
    const createdAt = this.#ports.clock.now();
    return { key, record: { ...of, ...made, createdAt, revokedAt: null, lastUsedAt: null } };
  }

  /** From now on nobody comes in with it; who is in is put out. Throws `not_found`. */
  async revokeKey(id: string): Promise<void> {
    need(this.#by, "manage");
    const found = (await this.#ports.store.keys.list()).find((key) => key.id === id && key.revokedAt === null);
    if (!found) throw new Failure("not_found", `There is no key ${id} to revoke.`);
    await this.#note("key.revoke", found.tenant, id);
    await this.#ports.store.keys.revoke(id, this.#ports.clock.now());
    await this.#ports.keysChanged();
  }

  /** Throws `not_found`. */
  async devices(tenant: string): Promise<DeviceStatus[]> {
    await this.tenant(tenant);
    return this.#workspace(tenant)
      .devices()
      .map((device) => device.status());
  }

  /** Throws `not_found`, `invalid`, `conflict` when it is there already, `limit_reached`. */
  async createDevice(tenant: string, id: string, label?: string, proxy?: string): Promise<DeviceStatus> {
    const there = await this.devices(tenant);
    if (there.some((device) => device.id === id))
      throw new Failure("conflict", `Tenant "${tenant}" has a device "${id}" already.`, { field: "device_id" });
    const device = await this.#workspace(tenant).createDevice(id, label, proxy);
    return device.status();
  }

  /** Throws `not_found`. */
  async removeDevice(tenant: string, id: string): Promise<void> {
    await this.tenant(tenant);
    await this.#workspace(tenant).device(id).remove();
  }

  /** The devices of every tenant. */
  async everyDevice(): Promise<TenantDevice[]> {
    const of = (tenant: string) => this.#workspace(tenant).devices();
    return (await this.tenants()).flatMap(({ id }) =>
      of(id).map((device) => ({ tenant: id, status: device.status() })),
    );
  }

  /** The webhooks of every tenant, with how each does. */
  async everyWebhook(): Promise<TenantWebhook[]> {
    return (await this.tenants()).flatMap(({ id }) => {
      const { webhooks } = this.#workspace(id);
      return webhooks.list().map((endpoint) => ({ endpoint, recent: webhooks.health(endpoint.id) }));
    });
  }

  /** What devices of every tenant sent and are to send, as it was queued, newest first; null is every tenant or device. */
  async everyMessage(
    tenant: string | null,
    device: string | null,
    query: ManyQuery,
  ): Promise<{ messages: TenantMessage[]; next: number | null }> {
    need(this.#by, "read");
    const asked = (await this.#ports.store.devices.list()).filter(
      (each) => (tenant ?? each.tenant) === each.tenant && (device ?? each.id) === each.id,
    );
    const owners = new Map(asked.map(({ uid, tenant, id }) => [uid, { tenant, device: id }]));
    const { messages, next } = await this.#ports.store.messages.listMany([...owners.keys()], query);
    const owned = messages.flatMap((message) => {
      const owner = owners.get(message.device);
      return owner === undefined ? [] : [{ ...owner, message }];
    });
    return { messages: owned, next };
  }

  /** That something of these types happens, in any tenant, or something else changes; until `signal` is aborted. */
  changes(types: readonly EventType[] | null, others: OtherChanges, signal: AbortSignal): AsyncGenerator<Change, void> {
    need(this.#by, "read");
    return new ChangeFeed(this.#by, types).follow(this.#ports.listen, others, signal);
  }

  /** A linked device for another server; see `Device.moveOut`. Throws `not_found`. */
  async exportDevice(tenant: string, id: string, passphrase: string, form: SessionForm): Promise<string> {
    await this.tenant(tenant);
    await this.#note("device.export", tenant, id);
    return this.#workspace(tenant).device(id).moveOut(passphrase, form);
  }

  /** What WhatsApp sends to a device from now on, redacted, until `signal` is aborted. Throws `not_found`, `unavailable`. */
  async trace(tenant: string, id: string, signal: AbortSignal): Promise<AsyncGenerator<TraceEntry, void>> {
    need(this.#by, "manage");
    await this.#tenant(tenant);
    const all = await this.#ports.store.devices.list();
    const device = all.find((each) => each.tenant === tenant && each.id === id);
    if (!device) throw new Failure("not_found", `Tenant "${tenant}" has no device "${id}".`);
    await this.#note("device.trace", tenant, id);
    return this.#ports.traces.record(device.uid, signal);
  }

  /** What waits, how much is kept, how many devices are in which phase and what of their absence is here; of all tenants. */
  async health(): Promise<Figures & { devices: Partial<Record<Phase, number>>; offlineQueue: OfflineQueueTotals }> {
    need(this.#by, "read");
    const devices: Partial<Record<Phase, number>> = {};
    for (const { phase } of await this.#ports.store.devices.list()) devices[phase] = (devices[phase] ?? 0) + 1;
    return { ...(await this.#ports.store.figures()), devices, offlineQueue: totalOf(this.#ports.offlineQueues()) };
  }

  async audit(query: AuditQuery): Promise<AuditEntry[]> {
    need(this.#by, "read");
    return this.#ports.store.audit.list(query);
  }

  async #note(action: string, tenant: string | null, subject: string): Promise<void> {
    if (this.#ports.audited) await new Auditor(this.#ports).note(this.#by, action, tenant, subject);
  }

  /** The tenant's own: the admin acts in it, with the scopes of his key. */
  #workspace(tenant: string): ManagedTenant {
    return this.#ports.workspace({ ...this.#by, tenant });
  }
}

/** Throws `invalid`. */
function checkKey(wanted: NewKey): void {
  const { scopes: granted, tenant, devices } = wanted;
  const wrong = (field: string, sentence: string) => new Failure("invalid", sentence, { field });
  if (!granted.some((scope) => scope !== "admin"))
    throw wrong("scopes", `A key needs at least one scope: some of ${scopes.join(", ")}.`);
  if (devices?.length === 0) throw wrong("devices", '"devices" is empty: leave it out for every device of the tenant.');
  if (devices?.some((id) => !/^[A-Za-z0-9_-]{1,64}$/.test(id)))
    throw wrong("devices", '"devices" takes ids of devices: 1 to 64 letters, digits, _ and -, e.g. "shop-1".');
  if (isWhole(wanted)) return;
  if (devices !== null) throw wrong("devices", "An admin key cannot be bound to devices.");
  throw wrong("tenant", `An admin key belongs to the tenant "${homeTenant}", not to "${tenant}".`);
}
