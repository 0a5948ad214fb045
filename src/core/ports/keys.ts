import type { Scope } from "../model/scopes.ts";

/** A key as it is kept: never the key itself. */
export interface KeyRecord {
  id: string;
  /** null is an admin key. */
  tenant: string | null;
  name: string;
  /** SHA-256 of the key, hex. */
  hash: string;
  scopes: Scope[];
  createdAt: number;
  expiresAt: number | null;
  revokedAt: number | null;
}

export interface Keys {
  list(): Promise<KeyRecord[]>;
  create(key: KeyRecord): Promise<void>;
  /** False when there is no such key, or it was revoked before. */
  revoke(id: string, at: number): Promise<boolean>;
}
