import { BlockList, isIP } from "node:net";

/**
 * Where a request comes from. A proxy that is trusted says it in `X-Forwarded-For`, and is believed as far back as the
 * chain consists of such proxies: what anybody else wrote in there is only text.
 */
export class ClientAddress {
  #trusted = new BlockList();

  /** `trusted`: addresses and networks, `10.0.0.0/8`. */
  constructor(trusted: readonly string[]) {
    this.trust(trusted);
  }

  /** From now on these are believed, and no others. */
  trust(trusted: readonly string[]): void {
    this.#trusted = new BlockList();
    for (const entry of trusted) {
      const [address = "", bits] = entry.split("/");
      const family = familyOf(address);
      if (bits === undefined) this.#trusted.addAddress(address, family);
      else this.#trusted.addSubnet(address, Number(bits), family);
    }
  }

  /** `peer`: who is connected. */
  of(headers: Headers, peer: string): string {
    let address = plain(peer);
    const hops = (headers.get("x-forwarded-for") ?? "").split(",", mostHops).toReversed();
    for (const hop of hops) {
      if (!this.#isTrusted(address)) break;
      const before = plain(hop.trim());
      if (isIP(before) === 0) break;
      address = before;
    }
    return address;
  }

  #isTrusted(address: string): boolean {
    return isIP(address) !== 0 && this.#trusted.check(address, familyOf(address));
  }
}

/** More proxies than stand in any row. */
const mostHops = 32;

const familyOf = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** Without a port, without brackets, and IPv4 as IPv4. */
function plain(address: string): string {
  const bare =
    /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ?? (/^[\d.]+:\d+$/.test(address) ? address.split(":")[0] : address);
  return (bare ?? address).replace(/^::ffff:(?=[\d.]+$)/i, "");
}
