/** What a proxy is asked to reach. */
export interface ProxyTarget {
  /** A name or an address, IPv6 without brackets. */
  host: string;
  port: number;
}

/** Of `example.com:443` and `[2001:db8::1]:443`; null of anything else. */
export function targetIn(authority: string): ProxyTarget | null {
  const found = /^(?:\[([\da-f:.]+)\]|([\w.-]{1,253})):(\d{1,5})$/i.exec(authority);
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3]);
  return host !== undefined && port > 0 && port <= 65_535 ? { host, port } : null;
}
