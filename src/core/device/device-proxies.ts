import type { Traveller } from "../base/way-out.ts";
import {
  type ChosenProxy,
  isSameProxy,
  type ProxyServer,
  type ProxyStatus,
  shownProxy,
} from "../model/proxy-server.ts";
import type { Proxies, ProxyOwner } from "../ports/proxies.ts";

export interface DeviceProxyPorts {
  proxies: Proxies;
  /** The proxy of the whole server, as the operator put it into the environment. */
  server: () => ProxyServer | null;
}

/** Which proxy each device leaves by: its own, else its tenant's, else the server's. */
export class DeviceProxies {
  #own: ReadonlyMap<string, ProxyServer> = new Map();

  readonly #ports: DeviceProxyPorts;

  private constructor(ports: DeviceProxyPorts) {
    this.#ports = ports;
  }

  static async load(ports: DeviceProxyPorts): Promise<DeviceProxies> {
    const made = new DeviceProxies(ports);
    await made.refresh();
    return made;
  }

  /** Reads them again: another process may have changed them. True when they are others now. */
  async refresh(): Promise<boolean> {
    const before = this.#own;
    const all = await this.#ports.proxies.list();
    this.#own = new Map(all.map(({ owner, proxy }) => [keyOfOwner(owner), proxy]));
    const keys = new Set([...before.keys(), ...this.#own.keys()]);
    return [...keys].some((key) => !isSameProxy(before.get(key) ?? null, this.#own.get(key) ?? null));
  }

  /** Null: the device leaves directly. */
  of({ tenant, device }: Traveller): ChosenProxy | null {
    const own = this.#own.get(keyOfOwner({ device }));
    if (own) return { proxy: own, from: "device" };
    const tenants = this.#own.get(keyOfOwner({ tenant }));
    if (tenants) return { proxy: tenants, from: "tenant" };
    const server = this.#ports.server();
    return server && { proxy: server, from: "server" };
  }

  /** The default of a tenant's devices. */
  ofTenant(tenant: string): ProxyServer | null {
    return this.#own.get(keyOfOwner({ tenant })) ?? null;
  }

  /** As it is shown: only a device's own by its address. */
  status(traveller: Traveller): Omit<ProxyStatus, "trouble"> | null {
    const chosen = this.of(traveller);
    return chosen && { from: chosen.from, address: chosen.from === "device" ? shownProxy(chosen.proxy) : null };
  }

  async set(owner: ProxyOwner, proxy: ProxyServer | null): Promise<void> {
    await this.#ports.proxies.set(owner, proxy);
    await this.refresh();
  }

  /** Whether the device leaves by the same proxy as `before`. */
  isStill(before: ChosenProxy | null, traveller: Traveller): boolean {
    return isSameProxy(before?.proxy ?? null, this.of(traveller)?.proxy ?? null);
  }
}

const keyOfOwner = (owner: ProxyOwner): string =>
  "device" in owner ? `device ${owner.device}` : `tenant ${owner.tenant}`;
