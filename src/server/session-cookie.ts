const safe: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Cookies know no ports: two servers of one machine must not overwrite each other's. */
const nameFor = (url: URL) => `merpati_${url.port || url.protocol.slice(0, -1)}`;

interface CookiePlace {
  /** The request that it answers. */
  url: URL;
  /** The path that it is for. */
  path: string;
  /** A proxy in front of us speaks TLS. */
  tls: boolean;
}

export function sessionCookie({ url, path, tls }: CookiePlace, value: string, seconds: number): string {
  const secure = tls || url.protocol === "https:" ? "; Secure" : "";
  return `${nameFor(url)}=${value}; Path=${path}; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`;
}

export function sessionIn(headers: Headers, url: URL): string | null {
  const start = `${nameFor(url)}=`;
  const parts = (headers.get("cookie") ?? "").split(";").map((part) => part.trim());
  return parts.find((part) => part.startsWith(start))?.slice(start.length) || null;
}

/** Whether a page of this server itself asks. */
export function fromOurPage(method: string, headers: Headers, url: URL): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  if (origin !== null && URL.parse(origin)?.host !== url.host) return false;
  if (site !== null) return site === "same-origin" || (site === "none" && safe.has(method));
  // Browsers leave Sec-Fetch-Site out of plain http to other machines, but never the Origin of what changes things.
  return origin !== null || safe.has(method);
}
