import { BlockList, isIP, isIPv4 } from "node:net";

/** What an address is good for. `special`: neither a machine of ours nor of the internet, metadata services among them. */
export type AddressKind = "public" | "loopback" | "private" | "special";

type Range = readonly [network: string, prefix: number];

const loopback: readonly Range[] = [
  ["127.0.0.0", 8],
  ["::1", 128],
];
const privateRanges: readonly Range[] = [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10], // carrier-grade NAT, and many overlay networks
  ["fc00::", 7],
];
/** RFC 6890 and its registry: what is not for reaching anybody. */
const special: readonly Range[] = [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16], // link-local: cloud metadata
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["2001::", 23], // Teredo, benchmarking, ORCHID
  ["2001:db8::", 32],
  ["3fff::", 20],
];
/** fd00:ec2::254 and its like lie in a private range, but are nobody's web server. */
const metadata: readonly Range[] = [
  ["fd00:ec2::", 32],
  ["fd20:ce::254", 128],
  ["100.100.100.200", 32],
];
/** Of IPv6 only this is the internet; everything else that is not named above is special. */
const globalUnicast: readonly Range[] = [["2000::", 3]];

const lists = {
  loopback: blockListOf(loopback),
  private: blockListOf(privateRanges),
  special: blockListOf(special),
  metadata: blockListOf(metadata),
  global: blockListOf(globalUnicast),
};

/** What kind of address this is; text that is no address is `special`. */
export function addressKind(address: string): AddressKind {
  if (isIP(address) === 0) return "special";
  const inner = embedded(address);
  if (inner !== null) return addressKind(inner);
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  const within = (name: keyof typeof lists): boolean => lists[name].check(address, family);
  if (within("metadata") || within("special")) return "special";
  if (within("loopback")) return "loopback";
  if (within("private")) return "private";
  return family === "ipv4" || within("global") ? "public" : "special";
}

/**
 * The IPv4 address that an IPv6 one leads to in the end: mapped (`::ffff:`), NAT64 (`64:ff9b::`), 6to4 (`2002:`),
 * compatible (`::`).
 */
function embedded(address: string): string | null {
  const groups = groupsOf(address);
  if (groups === null) return null;
  const [a = 0, b = 0, c = 0] = groups;
  const leading = (count: number): boolean => groups.slice(0, count).every((group) => group === 0);
  if (a === 0x2002) return dotted(b, c);
  const [high = 0, low = 0] = groups.slice(6);
  const nat64 = a === 0x64 && b === 0xff9b && groups.slice(2, 6).every((group) => group === 0);
  const mapped = leading(5) && groups[5] === 0xffff;
  const translated = leading(4) && groups[4] === 0xffff && groups[5] === 0;
  const compatible = leading(6) && high !== 0;
  return nat64 || mapped || translated || compatible ? dotted(high, low) : null;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** The eight groups of an IPv6 address, or null. */
function groupsOf(address: string): number[] | null {
  if (!address.includes(":")) return null;
  const plain = URL.parse(`http://[${address.replace(/%.*$/, "")}]/`)?.hostname.slice(1, -1); // canonical, all hex
  if (plain === undefined) return null;
  const [head = "", tail] = plain.split("::");
  if (tail === undefined) return hexGroups(head);
  const [left, right] = [hexGroups(head), hexGroups(tail)];
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}

function hexGroups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
}

/** A list of networks to compare addresses with. */
export function blockListOf(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, isIPv4(network) ? "ipv4" : "ipv6");
  return list;
}
