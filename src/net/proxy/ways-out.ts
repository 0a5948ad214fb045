import type { Socket } from "node:net";
import type { Clock } from "../../core/base/clock.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import { Failure } from "../../core/base/failure.ts";
import type { ProxyTrouble, Traveller, WayOut } from "../../core/base/way-out.ts";
import type { WaysOut } from "../../core/ports/ways-out.ts";
import type { ChosenProxy, ProxyServer } from "../../core/model/proxy-server.ts";
import { Allowed } from "../allowed.ts";
import { openAddresses } from "../fetch.ts";
import { type Resolve, resolver } from "../resolve.ts";
import { Bridge, type Forward } from "./bridge.ts";
import { dialProxy, dialThrough } from "./dial.ts";
import { ProxyFault, TargetFault } from "./handshake.ts";
import { authorization } from "./http-connect.ts";
import type { ProxyTarget } from "./target.ts";

/** How long a proxy's name may take to resolve, milliseconds. */
const resolveMs = 5_000;
/** Devices whose troubles are remembered. */
const mostRemembered = 10_000;

export interface WaysOutOptions {
  clock: Clock;
  allowed?: Allowed;
  resolve?: Resolve;
  /** The proxy of a device; null: it leaves directly. */
  proxyOf(traveller: Traveller): ChosenProxy | null;
}

/** What went wrong last: with the proxy, or with what it was to reach. */
interface Trouble extends ProxyTrouble {
  /** Null: the proxy itself. */
  host: string | null;
}

/** The devices' ways out, through a bridge that opens when the first device has a proxy. */
export class ProxiedWays implements WaysOut {
  #bridge: Promise<Bridge> | null = null;
  readonly #troubles = new Map<string, Trouble>();
  readonly #options: WaysOutOptions & { allowed: Allowed; resolve: Resolve };

  constructor(options: WaysOutOptions) {
    const { clock, allowed = new Allowed(), resolve = resolver(clock) } = options;
    this.#options = { ...options, allowed, resolve };
  }

  of(traveller: Traveller): WayOut {
    return {
      open: async () => {
        if (this.#options.proxyOf(traveller) === null) return null;
        return (await this.#opened()).address(keyOf(traveller));
      },
      trouble: (host) => {
        const found = this.#troubles.get(traveller.device);
        const isOf = (each: Trouble) => each.host === null || each.host === host.replace(/^\[|\]$/g, "");
        return found && isOf(found) ? found : null;
      },
    };
  }

  forget(device: string): void {
    this.#troubles.delete(device);
    // Where the bridge could not open there is nothing to end.
    this.#bridge?.then((bridge) => bridge.forget((key) => travellerOf(key).device === device)).catch(() => {});
  }

  async check({ host }: ProxyServer): Promise<void> {
    const { allowed, resolve } = this.#options;
    try {
      await openAddresses(host, allowed, resolve, AbortSignal.timeout(resolveMs));
    } catch (error) {
      if (error instanceof Failure) throw new Failure(error.code, error.message, { field: "proxy" });
      // A name that nobody knows yet may be known later.
    }
  }

  async close(): Promise<void> {
    (await this.#bridge)?.close();
  }

  #opened(): Promise<Bridge> {
    return (this.#bridge ??= Bridge.open({
      tunnel: (key, target) =>
        this.#attempt(key, target, ({ proxy }, address) => dialThrough(proxy, address, target, this.#options.clock)),
      forward: (key, target) => this.#attempt(key, target, (chosen, address) => this.#forward(chosen, address, target)),
    }));
  }

  async #forward({ proxy }: ChosenProxy, address: string, target: ProxyTarget): Promise<Forward> {
    const { clock } = this.#options;
    if (proxy.scheme === "http")
      return { socket: await dialProxy(proxy, address, clock), isWhole: true, headers: authorization(proxy) };
    return { socket: await dialThrough(proxy, address, target, clock), isWhole: false, headers: [] };
  }

  async #attempt<T extends Socket | Forward>(
    key: string,
    { host }: ProxyTarget,
    dial: (chosen: ChosenProxy, address: string) => Promise<T>,
  ): Promise<T | null> {
    const traveller = travellerOf(key);
    const chosen = this.#options.proxyOf(traveller);
    // It has none any more: what was to go through one goes nowhere.
    if (!chosen) return null;
    try {
      const made = await dial(chosen, await this.#addressOf(chosen));
      this.#troubles.delete(traveller.device);
      return made;
    } catch (error) {
      dropOldest(this.#troubles.set(traveller.device, troubleOf(error, host)), mostRemembered);
      return null;
    }
  }

  /** Where the proxy is. An address that the operator did not choose himself must be open to the outside. */
  async #addressOf({ proxy, from }: ChosenProxy): Promise<string> {
    const { allowed, resolve } = this.#options;
    const signal = AbortSignal.timeout(resolveMs);
    const open = from === "device" ? allowed : null;
    const [first] = await openAddresses(proxy.host, open, resolve, signal).catch((error: unknown) => {
      if (error instanceof Failure)
        throw new ProxyFault("proxy_unavailable", `The proxy cannot be reached: ${error.message}`);
      throw new ProxyFault("proxy_unavailable", "The proxy cannot be reached: its name cannot be looked up");
    });
    if (first === undefined)
      throw new ProxyFault("proxy_unavailable", "The proxy cannot be reached: its name has no address");
    return first;
  }
}

function troubleOf(error: unknown, host: string): Trouble {
  if (error instanceof ProxyFault) return { reason: error.reason, words: error.words, host: null };
  const words = error instanceof TargetFault ? error.words : "The connection through the proxy failed";
  return { reason: "proxy_unavailable", words, host };
}

const keyOf = ({ tenant, device }: Traveller): string => `${device}/${tenant}`;

function travellerOf(key: string): Traveller {
  const [device = "", tenant = ""] = key.split("/");
  return { device, tenant };
}
