import { DeviceProxies } from "../../src/core/device/device-proxies.ts";
import { operator } from "../../src/core/access/operator.ts";
import { expect, test } from "bun:test";
import { breathe } from "../../src/core/base/breathe.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Administration } from "../../src/core/access/administration.ts";
import { Traces } from "../../src/core/trace/traces.ts";
import { Authenticator } from "../../src/core/access/authenticator.ts";
import type { Log } from "../../src/core/base/log.ts";
import { openStore } from "../../src/store/open.ts";
import { Budgets } from "../../src/core/access/budgets.ts";
import { ids } from "../../src/composition/system.ts";
import { HandClock } from "../clock.ts";

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };

test("what another process does to the keys is noticed, and those who listen are told", async () => {
  const dir = mkdtempSync(join(tmpdir(), "merpati-door-"));
  const clock = new HandClock();
  const store = await openStore({ dir, clock, targetsOf: () => [] });
  const beside = await openStore({ dir, clock, targetsOf: () => [], exclusive: false });
  const ports = {
    store: beside,
    clock,
    ids,
    traces: new Traces(clock),
    budgets: await Budgets.load({ store, clock }),
    audited: true,
    keysChanged: async () => {},
    offlineQueues: () => [],
    proxies: await DeviceProxies.load({ proxies: store.proxies, server: () => null }),
    rerouted: async () => {},
    workspace: () => {
      throw new Error("not asked for");
    },
    listen: () => () => {},
  };
  const other = new Administration(ports, operator("bot"));
  const authenticator = await Authenticator.load(store.keys, clock, { open: false, adminKey: null });
  const watch = authenticator.watch(quiet);
  await watch.start();
  const told = () => new Promise<void>((resolve) => authenticator.listen(resolve));
  const look = async () => {
    const heard = told();
    clock.wind(2_000);
    await heard;
  };
  const { key, record } = await other.createKey({
    tenant: "default",
    name: "x",
    scopes: ["read"],
    devices: null,
    expiresAt: null,
  });
  expect(() => authenticator.authenticate(key, "192.0.2.1")).toThrow("Invalid API key.");
  await look();
  expect(authenticator.authenticate(key, "192.0.2.1")).toEqual({
    tenant: "default",
    key: record.id,
    scopes: ["read"],
    devices: null,
    address: "192.0.2.1",
  });
  await breathe(); // when a key was used is committed at the end of the turn
  await other.revokeKey(record.id);
  await look();
  expect(() => authenticator.authenticate(key, "192.0.2.1")).toThrow("Invalid API key.");
  expect((await store.audit.list({ limit: 10 })).map(({ action }) => action)).toEqual(["key.revoke", "key.create"]);
  await watch.stop();
  await beside.close();
  await store.close();
  rmSync(dir, { recursive: true });
});
