import { Failure } from "../base/failure.ts";

/** A proxy that a device's traffic leaves by. */
export interface ProxyServer {
  scheme: "http" | "socks5";
  /** A name or an address, IPv6 without brackets. */
  host: string;
  port: number;
  username: string | null;
  password: string | null;
}

/** Who chose the proxy of a device: it is its own, its tenant's default, or that of the whole server (PROXY). */
export const proxyOrigins = ["device", "tenant", "server"] as const;

/** The proxy that a device has, and who chose it. */
export interface ChosenProxy {
  proxy: ProxyServer;
  from: (typeof proxyOrigins)[number];
}

/** How a device's proxy is shown. */
export interface ProxyStatus {
  from: ChosenProxy["from"];
  /** With *** for its password; null unless it is the device's own. */
  address: string | null;
  /** Why it lets nothing through just now, for people; null while it does. */
  trouble: string | null;
}

const mostCharacters = 1_000;
/** RFC 1929 counts name and password with one byte each. */
const mostBytes = 255;
const form =
  /^(http|socks5h?):\/\/(?:([^:@/?#\s]*)(?::([^@/?#\s]*))?@)?(\[[\da-f:.]+\]|[a-z\d](?:[a-z\d._-]{0,252}[a-z\d])?):(\d{1,5})\/?$/i;

export const proxyExample = "http://user:password@proxy.example.com:8080 or socks5://10.0.0.5:1080";

/** The proxy of an address. Throws `invalid`; the sentence repeats nothing of the address, which may hold a password. */
export function proxyIn(text: string, field = "proxy"): ProxyServer {
  const read = readProxy(text);
  if (typeof read !== "string") return read;
  throw new Failure("invalid", `"${field}" ${read}.`, { field });
}

/** The same; what is wrong with it when it is no proxy's address. */
export function readProxy(given: string): ProxyServer | string {
  const text = given.trim();
  const found = text.length > mostCharacters ? null : form.exec(text);
  if (!found) return /^https:/i.test(text) ? noTls : shape;
  const [, scheme = "", name, secret, bracketed = "", port = ""] = found;
  const host = bracketed.replace(/^\[|\]$/g, "").toLowerCase();
  const [username, password] = [decoded(name), decoded(secret)];
  if (username === undefined || password === undefined) return "has a % that two hexadecimal digits do not follow";
  if (Number(port) === 0 || Number(port) > 65_535) return "takes a port of 1 to 65535";
  if (URL.parse(`http://${bracketed}/`) === null) return `has a host that is none, e.g. ${proxyExample}`;
  if (password === "***") return "is shown with *** for its password: send the password itself";
  if (password !== null && username === null) return "has a password without a user name";
  if ([username, password].some((each) => Buffer.byteLength(each ?? "") > mostBytes))
    return "takes a user name and password of up to 255 bytes each";
  return { scheme: scheme.toLowerCase() === "http" ? "http" : "socks5", host, port: Number(port), username, password };
}

const shape =
  `takes the address of a proxy with its port, e.g. ${proxyExample}; ` +
  "in its user name and password, @ is written %40, : %3A and / %2F";
const noTls = `takes http:// and socks5:// proxies, e.g. ${proxyExample}; the way to the proxy itself cannot be https://`;

/** Undefined when it cannot be decoded; null when there is nothing. */
function decoded(text: string | undefined): string | null | undefined {
  if (text === undefined || text === "") return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The address without its password. */
export function addressOfProxy({ scheme, host, port, username }: ProxyServer): string {
  const user = username === null ? "" : `${encodeURIComponent(username)}@`;
  return `${scheme}://${user}${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** The address as people see it. */
export function shownProxy(proxy: ProxyServer): string {
  return proxy.password === null ? addressOfProxy(proxy) : addressOfProxy(proxy).replace("@", ":***@");
}

export function isSameProxy(one: ProxyServer | null, other: ProxyServer | null): boolean {
  if (one === null || other === null) return one === other;
  return addressOfProxy(one) === addressOfProxy(other) && one.password === other.password;
}
