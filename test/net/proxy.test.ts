import { afterAll, expect, test } from "bun:test";
import { proxyIn, type ChosenProxy } from "../../src/core/model/proxy-server.ts";
import { Allowed } from "../../src/net/allowed.ts";
import { guardedFetch } from "../../src/net/fetch.ts";
import { ProxiedWays } from "../../src/net/proxy/ways-out.ts";
import { HandClock } from "../clock.ts";
import { refusal } from "../store/house.ts";
import { blockedHosts } from "./corpus.ts";
import { TestProxy } from "./proxies.ts";

const clock = new HandClock();
const get = { method: "GET", timeout: 15_000 } as const;
const traveller = { tenant: "acme", device: "d1" };
let reached = 0;
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => {
    reached += 1;
    return new Response("here");
  },
});
const port = server.port ?? 0;
const proxy = await TestProxy.open({ kind: "socks5", hosts: { "shop.example.com": port, intranet: port } });
afterAll(async () => {
  proxy.die();
  await server.stop(true);
});

const waysBy = (chosen: () => ChosenProxy | null, allowed = new Allowed(["loopback"])) =>
  new ProxiedWays({ clock, allowed, resolve: async () => ["127.0.0.1"], proxyOf: chosen });
const own = (): ChosenProxy => ({ proxy: proxyIn(proxy.url), from: "device" });

test("through a proxy no address and no name of the inside is asked for, unless it is allowed", async () => {
  const ways = waysBy(own);
  const way = ways.of(traveller);
  const guard = guardedFetch({ clock });
  const { length } = proxy.passed;
  for (const host of [
    ...blockedHosts,
    "intranet",
    "a.localhost",
    "printer.local",
    "db.internal",
    "nas.home.arpa",
    "localhost.",
  ]) {
    const refused = await refusal(guard.send(`http://${host}:${port}/`, { ...get, way }));
    expect([host, refused]).toEqual([host, expect.stringMatching(/^(forbidden|invalid|unavailable): /)]);
  }
  expect(proxy.passed).toHaveLength(length);
  expect(reached).toBe(0);
  expect(await (await guard.send(`http://shop.example.com:${port}/`, { ...get, way })).text()).toBe("here");
  const open = guardedFetch({ clock, allowed: new Allowed(["intranet"]) });
  expect(await (await open.send(`http://intranet:${port}/`, { ...get, way })).text()).toBe("here");
  await ways.close();
});

test("a proxy whose name leads to a closed address is not dialled for a device that named it, whatever it led to before", async () => {
  const { taken } = proxy;
  const closed = waysBy(() => ({ ...own(), proxy: { ...own().proxy, host: "pretty.example" } }), new Allowed());
  const guard = guardedFetch({ clock });
  const refused = await refusal(guard.send(`http://shop.example.com:${port}/`, { ...get, way: closed.of(traveller) }));
  expect(refused).toContain("OUTBOUND_ALLOW=pretty.example");
  expect(proxy.taken).toBe(taken);
  // The admin's own word.
  const tenants = waysBy(() => ({ ...own(), from: "tenant" }), new Allowed());
  const { status } = await guard.send(`http://shop.example.com:${port}/`, { ...get, way: tenants.of(traveller) });
  expect(status).toBe(200);
  await Promise.all([closed.close(), tenants.close()]);
});

test("the bridge serves who knows its password, and leads nowhere when there is no proxy any more", async () => {
  let chosen: ChosenProxy | null = own();
  const ways = waysBy(() => chosen);
  const via = (await ways.of(traveller).open()) ?? "";
  expect(new URL(via).hostname).toBe("127.0.0.1");
  const before = reached;
  const ask = (address: string) =>
    fetch(`http://127.0.0.1:${port}/`, { proxy: { url: address, respectNoProxy: false }, keepalive: false }).then(
      ({ status }) => status,
      () => "closed",
    );
  const stranger = new URL(via);
  stranger.password = "guessed";
  expect(await ask(stranger.href)).toBe(407);
  stranger.password = stranger.username = "";
  expect(await ask(stranger.href)).toBe(407);
  chosen = null;
  expect(await ask(via)).toBe("closed");
  expect(reached).toBe(before);
  chosen = own();
  expect(await ask(via)).toBe(200);
  await ways.close();
});
