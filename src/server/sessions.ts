import { day } from "../core/base/durations.ts";
import { randomBytes } from "node:crypto";
import type { Clock } from "../core/base/clock.ts";
import { hashKey } from "../core/access/keys.ts";
import { dropOldest } from "../core/base/drop-oldest.ts";

interface Session {
  /** Held in memory only, so that a key that is revoked ends its sessions with it. */
  key: string;
  /** On the monotonic clock, milliseconds. */
  until: number;
}

const lifetime = 7 * day;
const most = 1_000;
const safe: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/**
 * Who is signed in at the dashboard: a browser holds a random id in a cookie, we its hash and the key it stands for.
 * A restart forgets them all.
 */
export class DashboardSessions {
  readonly #sessions = new Map<string, Session>();

  constructor(private readonly clock: Clock) {}

  /** A new session for `key`, which must be good. Returns the `Set-Cookie` header. */
  open(key: string, url: URL, forwarded: string | null): string {
    const id = randomBytes(32).toString("base64url");
    this.#sessions.set(hashKey(id), { key, until: this.clock.monotonic() + lifetime });
    dropOldest(this.#sessions, most);
    return cookie(url, id, lifetime / 1_000, forwarded === "https");
  }

  /** Ends the session of this request. Returns the `Set-Cookie` header. */
  close(headers: Headers, url: URL): string {
    this.#sessions.delete(hashKey(idIn(headers, url) ?? ""));
    return cookie(url, "", 0, false);
  }

  /**
   * The key that the request's session stands for, or null. A session counts only for what a page of this server
   * itself asks: another page, also of another port of this machine, cannot use it.
   */
  keyOf(method: string, headers: Headers, url: URL): string | null {
    const id = idIn(headers, url);
    if (id === null || !fromOurPage(method, headers, url)) return null;
    const hash = hashKey(id);
    const session = this.#sessions.get(hash);
    if (session && session.until > this.clock.monotonic()) return session.key;
    this.#sessions.delete(hash);
    return null;
  }
}

/** Cookies know no ports: two servers of one machine must not overwrite each other's. */
const nameFor = (url: URL) => `merpati_${url.port || url.protocol.slice(0, -1)}`;

function cookie(url: URL, value: string, seconds: number, tls: boolean): string {
  const secure = tls || url.protocol === "https:" ? "; Secure" : "";
  return `${nameFor(url)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`;
}

function idIn(headers: Headers, url: URL): string | null {
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
