import { randomBytes } from "node:crypto";
import { day, minute } from "../core/base/durations.ts";
import type { Credential, Proof } from "../core/access/authenticator.ts";
import { hashKey, sameHash } from "../core/access/keys.ts";
import type { Clock } from "../core/base/clock.ts";
import { Failure } from "../core/base/failure.ts";
import type { Log } from "../core/base/log.ts";
import type { BrowserSession, BrowserSessions } from "../core/ports/browser-sessions.ts";
import { fromOurPage, sessionCookie, sessionIn } from "./session-cookie.ts";

/** A session ends after this long, milliseconds, and sooner when nobody uses it. */
const lifetime = 7 * day;
const idle = day;
/** When it was used last is known to the minute. */
const seenMs = minute;
/** Of one key: the oldest ends with the next. */
const mostOfKey = 20;

export interface SessionPorts {
  store: BrowserSessions;
  clock: Clock;
  log: Log;
  /** The path that the pages are at, `/bot`; the root when left out. */
  path?: string;
}

/**
 * Who is signed in at the dashboard: a browser holds a random id in a cookie, we its hash and which key it stands for.
 * Kept in the store, so that a restart signs nobody out.
 */
export class DashboardSessions {
  readonly #sessions = new Map<string, BrowserSession>();
  readonly #ports: SessionPorts;

  private constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  static async load(ports: SessionPorts): Promise<DashboardSessions> {
    const made = new DashboardSessions(ports);
    for (const session of await ports.store.list()) made.#sessions.set(session.hash, session);
    await made.#end([...made.#sessions.values()].filter((session) => made.#isOver(session)));
    return made;
  }

  /** A new session for `key`, which is good and has the id `id`. Returns the `Set-Cookie` header. */
  async open(key: string, id: string, url: URL, forwarded: string | null): Promise<string> {
    const cookie = randomBytes(32).toString("base64url");
    const now = this.#ports.clock.now();
    const seal = sealOf(cookie, hashKey(key));
    const session = { hash: hashKey(cookie), key: id, seal, createdAt: now, seenAt: now };
    const others = this.#of(id);
    await this.#end(others.slice(0, Math.max(0, others.length - mostOfKey + 1)));
    await this.#ports.store.put(session);
    this.#sessions.set(session.hash, session);
    return sessionCookie({ url, path: this.#path, tls: forwarded === "https" }, cookie, lifetime / 1_000);
  }

  get #path(): string {
    return this.#ports.path || "/";
  }

  /** Ends the session of this request. Returns the `Set-Cookie` header. */
  async close(headers: Headers, url: URL): Promise<string> {
    const session = this.#sessions.get(hashKey(sessionIn(headers, url) ?? ""));
    if (session) await this.#end([session]);
    return sessionCookie({ url, path: this.#path, tls: false }, "", 0);
  }

  /** Ends every session of a key, by its id. */
  async closeAll(key: string): Promise<void> {
    await this.#end(this.#of(key));
  }

  /**
   * Who calls: by a key, or by the session of the request, or by both when they are of one key. A session counts only for
   * what a page of this server itself asks: another page, also of another port of this machine, cannot use it.
   */
  credential(key: string | null, { method, headers, url }: Pick<Request, "method" | "headers" | "url">): Credential {
    const at = new URL(url);
    const cookie = sessionIn(headers, at);
    const session = cookie === null || !fromOurPage(method, headers, at) ? null : this.#proof(cookie);
    if (session === null || key === null) return key ?? session;
    if (session.proves(hashKey(key))) return key;
    throw new Failure("unauthorized", "The request carries two different keys: send one.");
  }

  #proof(cookie: string): Proof | null {
    const hash = hashKey(cookie);
    const session = this.#sessions.get(hash);
    if (!session || this.#isOver(session)) return null;
    this.#seen(session);
    const isOpen = () => {
      const present = this.#sessions.get(hash);
      return present !== undefined && !this.#isOver(present);
    };
    return { key: session.key, proves: (keyHash) => isOpen() && sameHash(session.seal, sealOf(cookie, keyHash)) };
  }

  #seen(session: BrowserSession): void {
    const now = this.#ports.clock.now();
    if (now - session.seenAt < seenMs) return;
    session.seenAt = now;
    this.#ports.store.put(session).catch((error: unknown) => {
      this.#ports.log.warn({ err: error }, "the use of a session was not written down");
    });
  }

  #isOver({ createdAt, seenAt }: BrowserSession): boolean {
    const now = this.#ports.clock.now();
    return now >= createdAt + lifetime || now >= seenAt + idle;
  }

  /** Oldest first. */
  #of(key: string): BrowserSession[] {
    return [...this.#sessions.values()].filter((session) => session.key === key);
  }

  async #end(sessions: readonly BrowserSession[]): Promise<void> {
    for (const { hash } of sessions) this.#sessions.delete(hash);
    if (sessions.length > 0) await this.#ports.store.remove(sessions.map(({ hash }) => hash));
  }
}

/** Who has only what is kept can make none, nor try keys against it. */
const sealOf = (cookie: string, keyHash: string) => hashKey(`${cookie}.${keyHash}`);
