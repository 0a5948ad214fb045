import type { Log } from "../../core/base/log.ts";
import { Turns } from "../../core/base/turns.ts";
import type { SignalStore } from "../session/signal-store.ts";
import type { PreKeyBundle } from "../signal/x3dh.ts";
import type { ServerQueries } from "../wire/server-queries.ts";
import type { DeviceLists } from "./device-lists.ts";
import { bundlesIn } from "./key-bundles.ts";

/** Devices in one question. */
const mostAsked = 500;

export interface DeviceSessionPorts {
  /** The bot's device, for the log. */
  device: string;
  queries: ServerQueries;
  signal: SignalStore;
  lists: DeviceLists;
  log: Log;
}

/** Sessions with the devices of people: begun with keys from the server where there is none. */
export class DeviceSessions {
  readonly #turns = new Turns();

  readonly #ports: DeviceSessionPorts;

  constructor(ports: DeviceSessionPorts) {
    this.#ports = ports;
  }

  /**
   * Those of the devices that can be written to. One without keys is left out, and everybody else gets the message
   * (whatsmeow prekeys.go, 2026-08). Throws what asking WhatsApp throws.
   */
  ready(devices: readonly string[]): Promise<string[]> {
    // One at a time, so that two messages do not begin two sessions with one device.
    return this.#turns.take(async () => {
      const open = await Promise.all(devices.map((jid) => this.#ports.signal.isOpen(jid)));
      const missing = devices.filter((_, place) => !open[place]);
      const without = new Set<string>();
      for (let at = 0; at < missing.length; at += mostAsked)
        for (const jid of await this.#begin(missing.slice(at, at + mostAsked))) without.add(jid);
      return devices.filter((jid) => !without.has(jid));
    });
  }

  /** A new session, whatever there was. `bundle`: the device sent its keys along. False when it has none. */
  async renew(device: string, bundle: PreKeyBundle | null): Promise<boolean> {
    if (!bundle) return this.#turns.take(async () => (await this.#begin([device], true)).length === 0);
    await this.#ports.signal.start(device, bundle);
    return true;
  }

  /** Returns those that have no keys. */
  async #begin(devices: readonly string[], isAnew = false): Promise<string[]> {
    const reason = isAnew ? { reason: "identity" } : {};
    const users = devices.map((jid) => ({ tag: "user", attrs: { jid, ...reason } }));
    const answer = await this.#ports.queries.ask("encrypt", "get", [{ tag: "key", attrs: {}, content: users }]);
    const { bundles, without } = bundlesIn(answer);
    const begun = new Set<string>();
    for (const [jid, bundle] of bundles) {
      if (await this.#start(jid, bundle)) begun.add(jid);
      else without.push([jid, "forged"]);
    }
    const gone = devices.filter((jid) => !begun.has(jid));
    if (gone.length > 0) this.#tell(gone.length, without);
    this.#ports.lists.leaveOut(gone);
    return gone;
  }

  async #start(jid: string, bundle: PreKeyBundle): Promise<boolean> {
    try {
      await this.#ports.signal.start(jid, bundle);
      return true;
    } catch {
      return false;
    }
  }

  #tell(count: number, without: readonly (readonly [string, string])[]): void {
    const codes = [...new Set(without.map(([, code]) => code))];
    this.#ports.log.warn({ device: this.#ports.device, count, codes }, "devices without keys are left out");
  }
}
