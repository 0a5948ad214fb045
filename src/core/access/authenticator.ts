import type { Principal } from "../model/principal.ts";
import type { Service } from "../base/service.ts";
import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { KeyRing, hashKey, sameHash } from "./keys.ts";
import type { Log } from "../base/log.ts";
import type { KeyRecord, Keys } from "../ports/keys.ts";
import { monotonicWallClock } from "../base/monotonic-wall-clock.ts";
import { isOperator, operator } from "./operator.ts";
import { Throttle } from "./throttle.ts";

export interface AuthenticatorOptions {
  /** AUTH=off: everybody is the admin. */
  open: boolean;
  /** API_KEY: the operator's own, never stored. */
  adminKey: string | null;
  /** Lets the command line in, as the operator, while this process runs. */
  localKey?: string;
  /** Hears of wrong keys; null when they come from so many addresses that none tells anything. */
  refused?: (address: string | null) => void;
  /** Hears why it could not be written down that a key was used. */
  failed?: (error: unknown) => void;
}

/** Who is calling, by a key or by a session that stands for one. */
export type Credential = string | Proof | null;

/** A session of the dashboard. */
export interface Proof {
  /** The id of the key that it was opened with. */
  readonly key: string;
  /** Whether it is still open, and was opened with the key of this hash. */
  proves(hash: string): boolean;
}

/** How often keys that others changed are looked for, milliseconds. */
const watchMs = 2_000;
/** The last use of a key is known to the minute. */
const useMs = 60_000;

/** Who may come in: knows every key's hash and slows down guessing. */
export class Authenticator {
  readonly #throttle: Throttle;
  readonly #listeners = new Set<() => void>();
  #adminHash: string | null = null;
  readonly #localHash: string | null;
  /** A clock that is set back brings no key back to life. */
  readonly #now: () => number;
  /** When keys were used last, as far as it is written down. */
  readonly #uses = new Map<string, number>();

  readonly #keys: Keys;
  readonly #clock: Clock;
  #ring: KeyRing;
  readonly #options: AuthenticatorOptions;

  private constructor(keys: Keys, clock: Clock, ring: KeyRing, options: AuthenticatorOptions) {
    this.#keys = keys;
    this.#clock = clock;
    this.#ring = ring;
    this.#options = options;
    this.#throttle = new Throttle(clock);
    this.#now = monotonicWallClock(clock);
    this.#setAdminKey(options.adminKey);
    this.#localHash = options.localKey === undefined ? null : hashKey(options.localKey);
  }

  static async load(keys: Keys, clock: Clock, options: AuthenticatorOptions): Promise<Authenticator> {
    return new Authenticator(keys, clock, new KeyRing(await keys.list()), options);
  }

  /** After a key was made or revoked. */
  async refresh(): Promise<void> {
    this.#ring = new KeyRing(await this.#keys.list());
    for (const hear of this.#listeners) hear();
  }

  /** API_KEY is another: who came in with the one before is put out. */
  adminKeyIs(key: string | null): void {
    this.#setAdminKey(key);
    for (const hear of this.#listeners) hear();
  }

  #setAdminKey(key: string | null): void {
    this.#adminHash = key === null ? null : hashKey(key);
  }

  /** Tells when keys may have changed or expired, so that whoever is in with one that is no good can be put out. */
  listen(hear: () => void): void {
    this.#listeners.add(hear);
  }

  /** Notices what the command line did to the keys beside us. */
  watch(log: Log): Service {
    let stopped = false;
    let cancel = (): void => {};
    const start = (): void => {
      if (!stopped) cancel = this.#clock.after(watchMs, () => void look());
    };
    const look = async () => {
      await this.refresh().catch((error: unknown) => log.warn({ err: error }, "keys could not be read"));
      start();
    };
    return {
      start,
      stop() {
        stopped = true;
        cancel();
      },
    };
  }

  /** Whether a key of that id still lets somebody in. */
  isUsable(id: string): boolean {
    return isOperator({ key: id }) || this.#ring.withId(id, this.#now()) !== null;
  }

  /** Throws `unauthorized`, and `rate_limited` instead once an address guesses too often. */
  authenticate(credential: Credential, address: string): Principal {
    if (this.#options.open) return { ...operator("AUTH=off"), address };
    if (credential === null || credential === "")
      throw new Failure("unauthorized", "An API key is needed: send it as x-api-key or as a Bearer token.");
    if (typeof credential === "object") return { ...this.#signedIn(credential), address };
    // A key of 256 random bits is not guessed: the right one always passes.
    const record = this.#ring.find(credential, this.#now());
    if (record) return { ...this.#using(record), address };
    if (this.#localHash !== null && sameHash(this.#localHash, hashKey(credential)))
      return { ...operator("command line"), address };
    return this.#guessed(credential, address);
  }

  #guessed(key: string, address: string): Principal {
    // The operator's own may be a word that can be guessed: whoever guessed too often is not even compared.
    const rest = this.#throttle.rest(address);
    const isRight = rest === 0 && this.#adminHash !== null && sameHash(this.#adminHash, hashKey(key));
    if (isRight) return { ...operator("API_KEY"), address };
    const retryAfter = Math.max(rest, this.#throttle.wrong(address));
    this.#options.refused?.(this.#throttle.isFlooded ? null : address);
    if (retryAfter === 0) throw new Failure("unauthorized", "Invalid API key.");
    throw new Failure("rate_limited", "Too many wrong API keys; wait before the next try.", { retryAfter });
  }

  /** A session ends with the key that opened it: when that is revoked, expires, or API_KEY is another. */
  #signedIn(proof: Proof): Principal {
    const { key } = proof;
    const record = this.#ring.withId(key, this.#now());
    if (record && proof.proves(record.hash)) return this.#using(record);
    const own = operator("API_KEY");
    if (key === own.key && this.#adminHash !== null && proof.proves(this.#adminHash)) return own;
    throw new Failure("unauthorized", "The session has ended: sign in again.");
  }

  /** Writes down that a key is used, once a minute at most. */
  #using(record: KeyRecord): Principal {
    const now = this.#clock.now();
    if (Math.abs(now - (this.#uses.get(record.id) ?? record.lastUsedAt ?? 0)) >= useMs) {
      this.#uses.set(record.id, now);
      this.#keys.used(record.id, now).catch((error: unknown) => this.#options.failed?.(error));
    }
    return principalOf(record);
  }
}

const principalOf = ({ tenant, id: key, scopes, devices }: KeyRecord): Principal => ({ tenant, key, scopes, devices });
