import { expect, test } from "bun:test";
import { KeyRing, hashKey, newKey, sameHash } from "../../src/core/access/keys.ts";
import type { KeyRecord } from "../../src/core/ports/keys.ts";

const record = (key: string, change: Partial<KeyRecord> = {}): KeyRecord => ({
  id: "k1",
  tenant: "default",
  name: "test",
  hash: hashKey(key),
  scopes: ["read"],
  devices: null,
  prefix: null,
  createdBy: null,
  createdAt: 0,
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
  ...change,
});

test("a key is long, recognisable and never the same twice", () => {
  expect(newKey()).toMatch(/^mp_[A-Za-z0-9_-]{43}$/);
  expect(newKey()).not.toBe(newKey());
});

test("the hash is SHA-256", () => {
  expect(hashKey("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sameHash(hashKey("a"), hashKey("a"))).toBe(true);
  expect(sameHash(hashKey("a"), hashKey("b"))).toBe(false);
  expect(sameHash(hashKey("a"), "")).toBe(false);
});

test("a key is found by its hash while it is neither revoked nor expired", () => {
  const [one, two] = [newKey(), newKey()];
  expect(new KeyRing([record(one), record(two, { id: "k2" })]).find(two, 5)?.id).toBe("k2");
  expect(new KeyRing([record(one)]).find(two, 5)).toBeNull();
  expect(new KeyRing([record(one, { revokedAt: 1 })]).find(one, 5)).toBeNull();
  expect(new KeyRing([record(one, { expiresAt: 5 })]).find(one, 5)).toBeNull();
  expect(new KeyRing([record(one, { expiresAt: 6 })]).find(one, 5)?.id).toBe("k1");
});
