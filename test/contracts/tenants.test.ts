import { expect } from "bun:test";
import { homeTenant, type Tenant } from "../../src/core/ports/tenants.ts";
import { held, refusal } from "../store/house.ts";
import { holds } from "./grounds.ts";

const acme: Tenant = {
  id: "acme",
  name: "Acme",
  deviceLimit: 3,
  limits: { sockets: 5, event_bytes: null },
  mediaLinks: false,
  createdAt: 9,
};

holds("there is the home tenant, and one is read as it was made", async (open) => {
  const { store } = await open();
  await store.tenants.create(acme);
  expect((await store.tenants.list()).map(({ id }) => id).toSorted()).toEqual(["acme", homeTenant]);
  expect(await store.tenants.get("acme")).toEqual(acme);
  expect(await store.tenants.get("nobody")).toBeNull();
  expect(await refusal(store.tenants.create({ ...acme, name: "Other" }))).toStartWith("conflict: ");
  expect((await store.tenants.get("acme"))?.name).toBe("Acme");
});

holds("a change touches what it names; null is no limit", async (open) => {
  const { store } = await open();
  await store.tenants.create(acme);
  expect(await store.tenants.update("acme", { deviceLimit: null })).toBe(true);
  expect(await store.tenants.update("acme", { mediaLinks: true, limits: { sockets: 6 } })).toBe(true);
  expect(await store.tenants.get("acme")).toEqual({
    ...acme,
    deviceLimit: null,
    mediaLinks: true,
    limits: { sockets: 6 },
  });
  expect(await store.tenants.update("nobody", { name: "N" })).toBe(false);
});

holds("a tenant with devices stays; one that goes leaves nothing to another of its name", async (open) => {
  const { store } = await open();
  await store.tenants.create(acme);
  const event = {
    type: "webhook.disabled",
    at: 1,
    chat: null,
    once: "x",
    data: { id: "w", url: "u", reason: "r" },
  } as const;
  await store.ledger.announce("acme", [event]);
  await held(store, "d1", { tenant: "acme" });
  expect(await refusal(store.tenants.remove("acme"))).toStartWith("conflict: ");
  await store.devices.remove("d1");
  await store.tenants.remove("acme");
  expect(await store.tenants.get("acme")).toBeNull();
  await store.tenants.create(acme);
  const query = { tenant: "acme", after: 0, types: null, devices: null, limit: 9 };
  expect((await store.ledger.page(query)).events).toEqual([]);
  expect((await store.usage.of("acme")).event_bytes).toBe(0);
});
