import type { Principal } from "./app.ts";
import type { Clock } from "./clock.ts";
import { Failure } from "./failure.ts";
import { findKey, hashKey, sameHash } from "./keys.ts";
import { type KeyRecord, type Keys, type Scope, scopes } from "./store.ts";
import { Throttle } from "./throttle.ts";

export interface DoorOptions {
  /** AUTH=off: everybody is the admin. */
  open: boolean;
  /** API_KEY: the operator's own, never stored. */
  adminKey: string | null;
}

/** Who may come in: knows every key's hash and slows down guessing. */
export class Door {
  private readonly throttle: Throttle;
  private readonly adminHash: string | null;

  private constructor(
    private readonly keys: Keys,
    private readonly clock: Clock,
    private records: KeyRecord[],
    private readonly options: DoorOptions,
  ) {
    this.throttle = new Throttle(clock);
    this.adminHash = options.adminKey === null ? null : hashKey(options.adminKey);
  }

  static async load(keys: Keys, clock: Clock, options: DoorOptions): Promise<Door> {
    return new Door(keys, clock, await keys.list(), options);
  }

  /** After a key was made or revoked. */
  async refresh(): Promise<void> {
    this.records = await this.keys.list();
  }

  /** Throws `unauthorized`, and `rate_limited` instead once an address guesses too often. */
  authenticate(key: string | null, address: string): Principal {
    if (this.options.open) return { kind: "admin" };
    if (key === null || key === "")
      throw new Failure("unauthorized", "An API key is needed: send it as x-api-key or as a Bearer token.");
    if (this.adminHash !== null && sameHash(this.adminHash, hashKey(key))) return { kind: "admin" };
    const record = findKey(this.records, key, this.clock.now());
    if (record) return principalOf(record);
    const retryAfter = this.throttle.wrong(address);
    if (retryAfter === 0) throw new Failure("unauthorized", "Invalid API key.");
    throw new Failure("rate_limited", "Too many wrong API keys; wait before the next try.", { retryAfter });
  }
}

function principalOf(record: KeyRecord): Principal {
  if (record.tenant === null) return { kind: "admin" };
  const granted: Scope[] = scopes.filter((scope) => record.scopes.includes(scope));
  return { kind: "tenant", tenant: record.tenant, key: record.id, scopes: granted };
}
