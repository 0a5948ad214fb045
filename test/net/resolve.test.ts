import { expect, test } from "bun:test";
import { Allowed } from "../../src/net/allowed.ts";
import { guardedFetch } from "../../src/net/fetch.ts";
import { resolver } from "../../src/net/resolve.ts";
import { HandClock } from "../clock.ts";
import { refusal } from "../store/house.ts";
import { Nameserver } from "./nameserver.ts";

const get = { method: "GET", timeout: 15_000 } as const;

test("a DNS answer that changes after the check changes nothing, and the next one is checked again", async () => {
  await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("reached") });
  let asked = 0;
  await using names = await Nameserver.start(() => [asked++ === 0 ? "127.0.0.1" : "169.254.169.254"]);
  const clock = new HandClock();
  const resolve = resolver(clock, { dns: names.resolve, system: names.resolve });
  const guard = guardedFetch({ clock, resolve, allowed: new Allowed(["127.0.0.1"]) });
  const url = `http://rebinding.example:${server.port}/`;
  expect(await (await guard.send(url, get)).text()).toBe("reached");
  expect(names.asked).toEqual(["rebinding.example"]);
  clock.wind(10_000); // the answer is not taken for true any longer
  expect(await refusal(guard.send(url, get))).toStartWith("forbidden: rebinding.example leads to 169.254.169.254");
  expect(names.asked).toHaveLength(2);
});

test("names whose servers are silent hold up nobody else, nor more than one thread", async () => {
  await using names = await Nameserver.start((name) => (name.startsWith("dead") ? "silent" : ["93.184.215.14"]));
  const clock = new HandClock();
  const hanging: string[] = [];
  const system = async (host: string) => {
    hanging.push(host);
    return host === "printer.local" ? ["192.168.1.9"] : new Promise<string[]>(() => {});
  };
  const resolve = resolver(clock, { dns: names.resolve, system });
  for (let n = 0; n < 20; n += 1) void resolve(`dead${n}.example`).catch(() => {});
  await until(() => names.asked.length >= 20);
  expect(await resolve("alive.example")).toEqual(["93.184.215.14"]);
  clock.wind(2_000); // DNS has been silent for long enough: the system is asked, about the first of them
  await until(() => hanging.length > 0);
  expect(await resolve("other.example")).toEqual(["93.184.215.14"]);
  expect(hanging).toHaveLength(1);
});

test("what DNS does not know the system may; one question for all who ask at once", async () => {
  await using names = await Nameserver.start(() => []);
  const asked: string[] = [];
  const system = async (host: string) => {
    asked.push(host);
    if (host !== "printer.local") throw Object.assign(new Error("no"), { code: "ENOTFOUND" });
    return ["fe80::9", "192.168.1.9"];
  };
  const resolve = resolver(new HandClock(), { dns: names.resolve, system });
  const answers = await Promise.all([1, 2, 3].map(() => resolve("printer.local")));
  expect(answers).toEqual(answers.map(() => ["192.168.1.9", "fe80::9"])); // IPv4 first
  expect(asked).toEqual(["printer.local"]);
  const guard = guardedFetch({ clock: new HandClock(), resolve });
  expect(await refusal(guard.send("http://gone.example/", get))).toBe("unavailable: the name is not known");
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((go) => setImmediate(go));
}
