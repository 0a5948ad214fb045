import type { Principal } from "../model/principal.ts";
import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { KeyRing, hashKey, sameHash } from "./keys.ts";
import type { Log } from "../base/log.ts";
import type { KeyRecord, Keys } from "../ports/keys.ts";
import { type Scope, scopes } from "../model/scopes.ts";
import { Throttle } from "./throttle.ts";

export interface AuthenticatorOptions {
  /** AUTH=off: everybody is the admin. */
  open: boolean;
  /** API_KEY: the operator's own, never stored. */
  adminKey: string | null;
  /** Hears of wrong keys; null when they come from so many addresses that none tells anything. */
  refused?: (address: string | null) => void;
}

/** How often keys that others changed are looked for, milliseconds. */
const watchMs = 2_000;

/** Who may come in: knows every key's hash and slows down guessing. */
export class Authenticator {
  private readonly throttle: Throttle;
  private readonly listeners = new Set<() => void>();
  private readonly adminHash: string | null;

  private constructor(
    private readonly keys: Keys,
    private readonly clock: Clock,
    private ring: KeyRing,
    private readonly options: AuthenticatorOptions,
  ) {
    this.throttle = new Throttle(clock);
    this.adminHash = options.adminKey === null ? null : hashKey(options.adminKey);
  }

  static async load(keys: Keys, clock: Clock, options: AuthenticatorOptions): Promise<Authenticator> {
    return new Authenticator(keys, clock, new KeyRing(await keys.list()), options);
  }

  /** After a key was made or revoked. */
  async refresh(): Promise<void> {
    this.ring = new KeyRing(await this.keys.list());
    for (const hear of this.listeners) hear();
  }

  /** Tells when keys may have changed or expired, so that whoever is in with one that is no good can be put out. */
  listen(hear: () => void): void {
    this.listeners.add(hear);
  }

  /** Notices what the command line did to the keys beside us. Returns how to stop looking. */
  watch(log: Log): () => void {
    let stopped = false;
    const again = () => this.clock.after(watchMs, () => void look());
    const look = async () => {
      await this.refresh().catch((error: unknown) => log.warn({ err: error }, "keys could not be read"));
      if (!stopped) cancel = again();
    };
    let cancel = again();
    return () => {
      stopped = true;
      cancel();
    };
  }

  /** Whether a key of that id still lets somebody in. */
  isUsable(id: string): boolean {
    return this.ring.isUsable(id, this.clock.now());
  }

  /** Throws `unauthorized`, and `rate_limited` instead once an address guesses too often. */
  authenticate(key: string | null, address: string): Principal {
    if (this.options.open) return { kind: "admin", address };
    if (key === null || key === "")
      throw new Failure("unauthorized", "An API key is needed: send it as x-api-key or as a Bearer token.");
    // A key of 256 random bits is not guessed: the right one always passes.
    const record = this.ring.find(key, this.clock.now());
    if (record) return { ...principalOf(record), address };
    // The operator's own may be a word that can be guessed: whoever guessed too often is not even compared.
    const rest = this.throttle.rest(address);
    const isRight = rest === 0 && this.adminHash !== null && sameHash(this.adminHash, hashKey(key));
    if (isRight) return { kind: "admin", address };
    const retryAfter = Math.max(rest, this.throttle.wrong(address));
    this.options.refused?.(this.throttle.isFlooded ? null : address);
    if (retryAfter === 0) throw new Failure("unauthorized", "Invalid API key.");
    throw new Failure("rate_limited", "Too many wrong API keys; wait before the next try.", { retryAfter });
  }
}

function principalOf(record: KeyRecord): Principal {
  if (record.tenant === null) return { kind: "admin", key: record.id };
  const granted: Scope[] = scopes.filter((scope) => record.scopes.includes(scope));
  return { kind: "tenant", tenant: record.tenant, key: record.id, scopes: granted };
}
