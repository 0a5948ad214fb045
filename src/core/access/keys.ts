import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { KeyRecord } from "../ports/keys.ts";
import { homeTenant } from "../ports/tenants.ts";

/** A new key: `mp_` and 256 random bits. Shown once, kept as its hash. */
export const newKey = () => `mp_${randomBytes(32).toString("base64url")}`;

/** SHA-256, hex: what is kept of a key. A key has 256 random bits, so no slow hash is needed. */
export const hashKey = (key: string) => createHash("sha256").update(key).digest("hex");

/** Whether two hashes of `hashKey` are the same, in the same time whatever they are. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, "hex");
  const right = Buffer.from(b, "hex");
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Every key there is, ready to be looked up. */
export class KeyRing {
  /** By the first digits of the hash: who guesses learns nothing from them, and thousands of keys cost no more than one. */
  readonly #byPrefix: ReadonlyMap<string, KeyRecord[]>;

  readonly #byId: ReadonlyMap<string, KeyRecord>;

  constructor(records: readonly KeyRecord[]) {
    this.#byId = new Map(records.map((record) => [record.id, record]));
    this.#byPrefix = Map.groupBy(records, ({ hash }) => hash.slice(0, prefixLength));
  }

  /** The usable record of `key`, or null. */
  find(key: string, now: number): KeyRecord | null {
    const hash = hashKey(key);
    const candidates = this.#byPrefix.get(hash.slice(0, prefixLength)) ?? [];
    return candidates.find((record) => sameHash(record.hash, hash) && isUsable(record, now)) ?? null;
  }

  /** The usable record with this id, or null. */
  withId(id: string, now: number): KeyRecord | null {
    const record = this.#byId.get(id);
    return record && isUsable(record, now) ? record : null;
  }
}

const prefixLength = 8;

/** How much of a key may be shown: it tells keys apart, and 220 bits stay secret. */
export const prefixOf = (key: string) => key.slice(0, "mp_".length + 6);

/** A record that says both "admin" and less than everything is nobody's. */
export const isWhole = ({ scopes, tenant, devices }: Pick<KeyRecord, "scopes" | "tenant" | "devices">) =>
  !scopes.includes("admin") || (tenant === homeTenant && devices === null);

/** Whether it lets somebody in. */
export const isUsable = (record: KeyRecord, now: number) =>
  isWhole(record) && record.revokedAt === null && (record.expiresAt === null || record.expiresAt > now);
