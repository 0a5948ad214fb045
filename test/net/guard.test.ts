import { afterAll, expect, test } from "bun:test";
import { addressKind } from "../../src/net/address.ts";
import { Allowed } from "../../src/net/allowed.ts";
import { guardedFetch } from "../../src/net/fetch.ts";
import { TlsAuthority } from "../../src/simulator/index.ts";
import { HandClock } from "../clock.ts";
import { refusal } from "../store/house.ts";
import { blockedAnswers, blockedHosts, blockedUrls } from "./corpus.ts";

let reached = 0;
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request) => {
    reached += 1;
    return new Response(request.headers.get("host"), { headers: { location: "http://169.254.169.254/" }, status: 302 });
  },
});
afterAll(() => server.stop(true));

const clock = new HandClock();
const get = { method: "GET", timeout: 15_000 } as const;
const to = (address: string) => guardedFetch({ clock, resolve: async () => [address] });

test("no blocked address is reached, however it is written", async () => {
  const guard = guardedFetch({ clock });
  expect(blockedHosts.length).toBeGreaterThanOrEqual(200);
  for (const host of blockedHosts) {
    const refused = await refusal(guard.send(`http://${host}:${server.port}/`, get));
    expect([host, refused]).toEqual([
      host,
      expect.stringMatching(/^(forbidden: |invalid: |unavailable: the name is not known$)/),
    ]);
  }
  expect(reached).toBe(0);
});

test("no name that leads to one is followed", async () => {
  for (const host of blockedHosts) {
    const address = URL.parse(`http://${host}/`)?.hostname.replace(/^\[|\]$/g, "");
    if (address === undefined) continue;
    const refused = await refusal(to(address).send(`http://pretty.example:${server.port}/`, get));
    expect([host, refused]).toEqual([host, expect.stringMatching(/^forbidden: pretty.example leads to /)]);
  }
  expect(reached).toBe(0);
});

test("no spelling of an address hides its host, in a webhook's url and in a resolver's answer", async () => {
  const guard = guardedFetch({ clock });
  for (const url of blockedUrls(server.port ?? 0)) {
    for (const call of [guard.send(url, get), guard.check(url)]) {
      expect([url, await refusal(call)]).toEqual([url, expect.stringMatching(/^(forbidden|invalid): /)]);
    }
  }
  for (const address of blockedAnswers) {
    const refused = await refusal(to(address).send(`http://pretty.example:${server.port}/`, get));
    expect([address, refused]).toEqual([address, expect.stringMatching(/^forbidden: /)]);
  }
  expect(reached).toBe(0);
});

test("one closed address among several closes the name", async () => {
  const guard = guardedFetch({ clock, resolve: async () => ["93.184.215.14", "127.0.0.1"] });
  expect(await refusal(guard.send(`http://mixed.example:${server.port}/`, get))).toStartWith("forbidden: ");
});

test("a name is resolved once: what was checked is what is connected to", async () => {
  const answers = [["127.0.0.1"], ["169.254.169.254"]];
  let asked = 0;
  const resolve = async () => answers[asked++] ?? [];
  const guard = guardedFetch({ clock, resolve, allowed: new Allowed(["127.0.0.1"]) });
  const response = await guard.send(`http://rebinding.example:${server.port}/`, get);
  expect([asked, response.status, await response.text()]).toEqual([1, 302, `rebinding.example:${server.port}`]);
  expect(await refusal(guard.send(`http://rebinding.example:${server.port}/`, get))).toStartWith("forbidden: ");
});

test("the error says which line would allow it, and that line does", async () => {
  const allowed = new Allowed(["crm"]);
  const refused = await refusal(
    guardedFetch({ clock, allowed, resolve: async () => ["127.0.0.1"] }).send(`http://n8n:${server.port}/`, get),
  );
  const line = /OUTBOUND_ALLOW=(\S+)$/.exec(refused)?.[1] ?? "";
  expect(line).toBe("crm,n8n");
  const opened = guardedFetch({ clock, allowed: new Allowed(line.split(",")), resolve: async () => ["127.0.0.1"] });
  expect((await opened.send(`http://n8n:${server.port}/`, get)).status).toBe(302);
});

const open = (entries: string[], host: string, address = host) => new Allowed(entries).allows(host, address);

test("what the allow-list opens and what stays closed", () => {
  expect(open([], "8.8.8.8")).toBe(true);
  expect(open(["private"], "10.1.2.3")).toBe(true);
  expect(open(["private"], "127.0.0.1")).toBe(false);
  expect(open(["private"], "169.254.169.254")).toBe(false);
  expect(open(["loopback"], "::ffff:127.0.0.1")).toBe(true);
  expect(open(["192.168.1.0/24"], "192.168.1.9")).toBe(true);
  expect(open(["192.168.1.0/24"], "192.168.2.9")).toBe(false);
  expect(open(["N8N"], "n8n", "172.18.0.3")).toBe(true);
});

test("addresses of the internet are public", () => {
  const internet = ["8.8.8.8", "172.15.255.255", "172.32.0.0", "100.63.255.255", "1.1.1.1", "223.255.255.255"];
  const six = ["2606:4700:4700::1111", "2001:4860:4860::8888", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"];
  for (const address of [...internet, ...six]) expect([address, addressKind(address)]).toEqual([address, "public"]);
});

test("the operator's own word is not guarded, a silent receiver times out", async () => {
  const response = await guardedFetch({ clock }).send(server.url.href, { ...get, operatorsWord: true });
  expect(response.status).toBe(302);
  const asked = Promise.withResolvers<void>();
  await using hanging = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => (asked.resolve(), new Promise(() => {})),
  });
  const late = refusal(guardedFetch({ clock }).send(hanging.url.href, { ...get, operatorsWord: true }));
  await asked.promise;
  clock.wind(15_000);
  expect(await late).toBe("timeout: no answer within 15 s");
});

test("over TLS the checked address is dialled and the name's certificate is asked for", async () => {
  const authority = new TlsAuthority();
  const tls = authority.serve({ dns: ["hook.example"], ip: [] });
  await using secure = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls,
    fetch: (request) => new Response(request.headers.get("host")),
  });
  const { port } = secure;
  const options = { clock, allowed: new Allowed(["loopback"]), resolve: async () => ["127.0.0.1"] };
  const guard = guardedFetch({ ...options, ca: authority.certificate });
  const response = await guard.send(`https://hook.example:${port}/`, get);
  expect(await response.text()).toBe(`hook.example:${port}`);
  expect(await refusal(guard.send(`https://other.example:${port}/`, get))).toMatch(/^unavailable: its certificate/);
  const strict = guardedFetch(options);
  expect(await refusal(strict.send(`https://hook.example:${port}/`, get))).toMatch(/^unavailable: its certificate/);
});

test("nobody there, nobody known, no web address", async () => {
  const free = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = free;
  await free.stop(true);
  const guard = guardedFetch({ clock, allowed: new Allowed(["loopback"]), resolve: () => Promise.reject(new Error()) });
  expect(await refusal(guard.send(`http://127.0.0.1:${port}/`, get))).toMatch(/^unavailable: .*refused/);
  expect(await refusal(guard.send("http://unknown.example/", get))).toStartWith("unavailable: ");
  for (const url of ["ftp://8.8.8.8/", "file:///etc/passwd", "http://a:b@8.8.8.8/", "nonsense", "javascript:1"]) {
    expect(await refusal(guard.send(url, get))).toStartWith("invalid: ");
  }
});
