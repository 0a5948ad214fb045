import { expect } from "bun:test";
import type { NewAuditEntry } from "../../src/core/ports/audit.ts";
import type { KeyRecord } from "../../src/core/ports/keys.ts";
import { holds } from "./grounds.ts";

const key: KeyRecord = {
  id: "k1",
  tenant: "default",
  name: "Shop",
  hash: "aa",
  scopes: ["read", "send"],
  devices: ["default"],
  prefix: "mk_1",
  createdBy: "admin",
  createdAt: 1,
  expiresAt: 5,
  revokedAt: null,
  lastUsedAt: null,
};

holds("a key is read as it was made, used and revoked once", async (open) => {
  const { store } = await open();
  const other = { ...key, id: "k2", hash: "bb", scopes: ["admin"] as const, devices: null, createdAt: 2 };
  await store.keys.create(key);
  await store.keys.create(other);
  expect(await store.keys.list()).toEqual([key, other]);
  await store.keys.used("k1", 60_000);
  expect([
    await store.keys.revoke("k1", 7),
    await store.keys.revoke("k1", 8),
    await store.keys.revoke("k9", 8),
  ]).toEqual([true, false, false]);
  expect((await store.keys.list())[0]).toEqual({ ...key, lastUsedAt: 60_000, revokedAt: 7 });
  expect(await store.keys.takeUpdated()).toEqual([]);
});

holds("no two keys have one hash, and a tenant takes its keys along", async (open) => {
  const { store } = await open();
  const acme = { id: "acme", name: "Acme", deviceLimit: null, limits: {}, mediaLinks: true, createdAt: 9 };
  await store.tenants.create(acme);
  await store.keys.create({ ...key, tenant: "acme" });
  expect(
    await store.keys.create({ ...key, id: "k2" }).then(
      () => "taken",
      () => "refused",
    ),
  ).toBe("refused");
  await store.tenants.remove("acme");
  expect(await store.keys.list()).toEqual([]);
});

holds("a browser's session is kept, seen again and removed", async (open) => {
  const { store } = await open();
  const session = { hash: "h1", key: "k1", seal: "s", createdAt: 1, seenAt: 2 };
  await store.browserSessions.put(session);
  await store.browserSessions.put({ ...session, hash: "h2", createdAt: 3 });
  await store.browserSessions.put({ ...session, seenAt: 9 });
  expect((await store.browserSessions.list()).map(({ hash, seenAt }) => [hash, seenAt])).toEqual([
    ["h1", 9],
    ["h2", 2],
  ]);
  await store.browserSessions.remove(["h1", "none"]);
  expect((await store.browserSessions.list()).map(({ hash }) => hash)).toEqual(["h2"]);
});

holds("the same act within an hour is one entry; pages go back from the newest, by tenant", async (open) => {
  const { store, clock } = await open();
  const act = (action: string, more: Partial<NewAuditEntry> = {}) => ({
    id: Bun.randomUUIDv7("hex", clock.now()),
    at: clock.now(),
    tenant: "default",
    actor: "k1",
    address: "127.0.0.1",
    action,
    subject: null,
    ...more,
  });
  for (let count = 0; count < 5; count++) {
    await store.audit.record(act("message.send"));
    clock.wind(1_000);
  }
  await store.audit.record(act("key.create", { tenant: "acme" }));
  clock.wind(3_600_000);
  await store.audit.record(act("message.send"));
  const list = async (more: object) =>
    (await store.audit.list({ limit: 9, ...more })).map(({ action, count }) => [action, count]);
  expect(await list({})).toEqual([
    ["message.send", 1],
    ["key.create", 1],
    ["message.send", 5],
  ]);
  expect(await list({ tenant: "acme" })).toEqual([["key.create", 1]]);
  const [newest] = await store.audit.list({ limit: 1 });
  expect(await list({ before: newest?.id, limit: 1 })).toEqual([["key.create", 1]]);
  const folded = (await store.audit.list({ limit: 9 })).at(-1);
  expect(folded && (folded.lastAt ?? 0) - folded.at).toBe(4_000);
});
