/** Why a proxy lets nothing through. */
export const proxyFaults = ["proxy_unavailable", "proxy_refused"] as const;

export interface ProxyTrouble {
  reason: (typeof proxyFaults)[number];
  /** A sentence for people; names no address and no password. */
  words: string;
}

/** How what a device causes leaves this machine. */
export interface WayOut {
  /**
   * The address of an HTTP proxy on this machine, with its password, that leads to the device's proxy; null: there is no
   * proxy, and it leaves directly. Asked anew for each connection.
   */
  open(): Promise<string | null>;
  /** What was wrong at the last attempt to reach `host` (a URL's `hostname`), or with the proxy itself; null when nothing. */
  trouble(host: string): ProxyTrouble | null;
}

/** Without a proxy. */
export const directly: WayOut = { open: async () => null, trouble: () => null };

/** Whose way it is. */
export interface Traveller {
  tenant: string;
  /** The device's uid. */
  device: string;
}
