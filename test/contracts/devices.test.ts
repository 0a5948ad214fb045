import { expect } from "bun:test";
import { device, held, refusal } from "../store/house.ts";
import { holds } from "./grounds.ts";

holds("a device is read as it was made and changed; its id is its tenant's alone", async (open) => {
  const { store } = await open();
  const made = device("u1", { id: "shop", label: "Shop", group: "g", wanted: "running", createdAt: 5 });
  await store.devices.create(made);
  expect(await store.devices.list()).toEqual([made]);
  expect(await refusal(store.devices.create(device("u2", { id: "shop" })))).toStartWith("conflict: ");
  const acme = { id: "acme", name: "Acme", deviceLimit: null, limits: {}, mediaLinks: true, createdAt: 9 };
  await store.tenants.create(acme);
  await store.devices.create(device("u3", { id: "shop", tenant: "acme", createdAt: 6 }));
  const account = { jid: "1@s.whatsapp.net", lid: "2@lid", name: "Me" };
  await store.devices.update("u1", { phase: "connected", reason: "linked", account, label: null });
  const [first, second] = await store.devices.list();
  expect(first).toEqual({ ...made, phase: "connected", reason: "linked", account, label: null });
  expect(second?.account).toBeNull();
  expect(await refusal(store.devices.update("none", { label: "x" }))).toStartWith("not_found: ");
});

holds("each hold voids those before it, also after the device was removed", async (open) => {
  const { store } = await open();
  const first = await held(store);
  const second = await store.devices.hold("d1", new AbortController().signal);
  expect(second.epoch).toBeGreaterThan(first.epoch);
  const write = (hold: typeof first) => store.ledger.record(hold, { events: [], device: { label: "x" } });
  expect(await refusal(write(first))).toStartWith("unavailable: ");
  await write(second);
  await store.devices.remove("d1");
  expect(await refusal(write(second))).toStartWith("unavailable: ");
  expect(await refusal(store.devices.hold("d1", new AbortController().signal))).toStartWith("not_found: ");
  expect(await store.devices.list()).toEqual([]);
});

holds("proxies are a device's or a tenant's, and are taken away", async (open) => {
  const { store } = await open();
  const proxy = { scheme: "http", host: "proxy.example.com", port: 8080, username: "u", password: "p:/ü" } as const;
  const socks = { scheme: "socks5", host: "::1", port: 1080, username: null, password: null } as const;
  await store.proxies.set({ device: "d1" }, proxy);
  await store.proxies.set({ tenant: "d1" }, socks);
  const list = async () => (await store.proxies.list()).toSorted(({ owner }) => ("device" in owner ? -1 : 1));
  expect(await list()).toEqual([
    { owner: { device: "d1" }, proxy },
    { owner: { tenant: "d1" }, proxy: socks },
  ]);
  await store.proxies.set({ device: "d1" }, { ...proxy, password: null });
  await store.proxies.set({ tenant: "d1" }, null);
  expect(await list()).toEqual([{ owner: { device: "d1" }, proxy: { ...proxy, password: null } }]);
});
