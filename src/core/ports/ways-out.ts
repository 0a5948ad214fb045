import type { Traveller, WayOut } from "../base/way-out.ts";
import type { ProxyServer } from "../model/proxy-server.ts";

/** The ways out of all devices. */
export interface WaysOut {
  of(traveller: Traveller): WayOut;
  /** Ends every connection of a device through its proxy: it has another now. */
  forget(device: string): void;
  /** Throws `forbidden` of a proxy that a caller of the API may not have devices connect to. */
  check(proxy: ProxyServer): Promise<void>;
}
