import { type BlockList, isIP, isIPv4 } from "node:net";
import { type AddressKind, addressKind, blockListOf } from "./address.ts";

/** The setting that opens closed addresses. */
export const allowSetting = "OUTBOUND_ALLOW";

/**
 * What may be reached besides the internet: `loopback`, `private`, host names, addresses and networks
 * (`192.168.1.0/24`).
 */
export class Allowed {
  #kinds = new Set<AddressKind>();
  #names = new Set<string>();
  #networks: BlockList = blockListOf([]);
  #entries: readonly string[] = [];

  constructor(entries: readonly string[] = []) {
    this.open(entries);
  }

  /** From now on these, and no others. */
  open(entries: readonly string[]): void {
    this.#entries = entries;
    this.#kinds = new Set(["public"]);
    this.#names = new Set();
    const networks: [string, number][] = [];
    for (const entry of entries) {
      const [address = "", prefix] = entry.split("/");
      if (entry === "loopback" || entry === "private") this.#kinds.add(entry);
      else if (isIP(address) !== 0) networks.push([address, Number(prefix ?? (isIPv4(address) ? 32 : 128))]);
      else this.#names.add(entry.toLowerCase());
    }
    this.#networks = blockListOf(networks);
  }

  /** Whether a connection to `address`, which `host` resolved to, may be made. */
  allows(host: string, address: string): boolean {
    if (this.#kinds.has(addressKind(address)) || this.#names.has(host.toLowerCase())) return true;
    return isIP(address) !== 0 && this.#networks.check(address, isIPv4(address) ? "ipv4" : "ipv6");
  }

  /** The line for `.env` that would allow `host` too. */
  lineFor(host: string): string {
    return `${allowSetting}=${[...this.#entries, host].join(",")}`;
  }
}
