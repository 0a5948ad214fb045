import type { Scope } from "../model/scopes.ts";

/** A key as it is kept: never the key itself. */
export interface KeyRecord {
  id: string;
  tenant: string;
  name: string;
  /** SHA-256 of the key, hex. */
  hash: string;
  /** With `admin` it belongs to the home tenant and to no list of devices. */
  scopes: readonly Scope[];
  /** Ids of the devices that it is bound to; null is every one of the tenant. */
  devices: readonly string[] | null;
  /** The first characters of the key, which tell it from others; null of keys that are older than prefixes. */
  prefix: string | null;
  /** The key that made it; null where nobody wrote that down. */
  createdBy: string | null;
  createdAt: number;
  expiresAt: number | null;
  revokedAt: number | null;
  /** To the minute. */
  lastUsedAt: number | null;
}

export interface Keys {
  list(): Promise<KeyRecord[]>;
  create(key: KeyRecord): Promise<void>;
  /** Makes `key` and has the one with the id `old` end at `endsAt`, both or neither. */
  replace(old: string, endsAt: number, key: KeyRecord): Promise<void>;
  /** False when there is no such key, or it was revoked before. */
  revoke(id: string, at: number): Promise<boolean>;
  /** Writes down that a key was used. */
  used(id: string, at: number): Promise<void>;
  /** Keys that an update of the store gave another authority, each told once. */
  takeUpdated(): Promise<KeyRecord[]>;
}
