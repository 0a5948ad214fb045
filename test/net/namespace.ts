import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { jpeg } from "../files.ts";
import { adminKey } from "../harness.ts";
import { TestProxy } from "./proxies.ts";

const space = `merpati-${process.pid}`;
const [outer, inner] = [`mo${process.pid}`, `mi${process.pid}`];
const [ours, its] = ["10.213.77.1", "10.213.77.2"];
const ip = (...args: string[]) => spawnSync("ip", args).status === 0;
const inside = (...args: string[]) => ip("netns", "exec", space, ...args);

/** A network whose one way out is a cable to this machine; false where it may not be made. */
function cable(): boolean {
  return (
    ip("netns", "add", space) &&
    ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", space) &&
    ip("addr", "add", `${ours}/30`, "dev", outer) &&
    ip("link", "set", outer, "up") &&
    inside("ip", "addr", "add", `${its}/30`, "dev", inner) &&
    inside("ip", "link", "set", inner, "up") &&
    inside("ip", "link", "set", "lo", "up") &&
    inside("ip", "route", "add", "default", "via", ours)
  );
}
const isPermitted = process.platform === "linux" && cable();

/** Writes a line for each packet that comes out of the network: protocol, destination, port. */
const listener = `
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
s.bind(("${outer}", 0))
print("ready", flush=True)
while True:
  data, (_, _, kind, _, _) = s.recvfrom(65535)
  if kind == socket.PACKET_OUTGOING: continue
  if struct.unpack("!H", data[12:14])[0] != 0x0800: continue
  head = 14 + (data[14] & 15) * 4
  sport, dport = struct.unpack("!HH", data[head:head + 4])
  print(data[23], socket.inet_ntoa(data[30:34]), dport, sport, flush=True)
`;

test.skipIf(!isPermitted)(
  "from a network with no other way out: all goes to the proxy, and not one packet elsewhere",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "merpati-space-"));
    const sim = await startBotSimulator();
    await Bun.write(join(folder, "ca.pem"), sim.certificate);
    const user = { name: "shop", password: "p@ss" };
    const hosts = {
      "web.whatsapp.com": Number(new URL(sim.secureUrl).port),
      "mmg.whatsapp.net": Number(sim.media.host.split(":")[1]),
    };
    const proxy = new TestProxy({ kind: "socks5", user, hosts });
    await proxy.open(ours);
    const watch = Bun.spawn(["python3", "-c", listener], { stdout: "pipe", stderr: "ignore" });
    let text = "";
    const ready = Promise.withResolvers<void>();
    const watching = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of watch.stdout) {
        text += decoder.decode(chunk, { stream: true });
        ready.resolve();
      }
    })();
    await ready.promise;
    const env = {
      PATH: process.env["PATH"],
      HOST: its,
      PORT: "3000",
      API_KEY: adminKey,
      SESSIONS_DIR: folder,
      SENDING: "off",
      PROXY: proxy.url.replace("127.0.0.1", ours),
      WHATSAPP_URL: "wss://web.whatsapp.com/ws/chat",
      WHATSAPP_ROOT_KEY: sim.rootKey,
      WHATSAPP_CA: join(folder, "ca.pem"),
      // It cannot be trusted there, so it is not learned: asking for it is what counts.
      WHATSAPP_VERSION_URL: "https://web.whatsapp.com/sw.js",
    };
    const command = ["ip", "netns", "exec", space, process.execPath, "src/main.ts", "start"];
    const bot = Bun.spawn(command, { env, stdout: "ignore", stderr: "ignore" });
    const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = { "x-api-key": adminKey, "content-type": "application/json" };
      return fetch(`http://${its}:3000${path}`, { method, headers, ...json });
    };
    const told = async (words: string): Promise<void> => {
      while (!(await (await call("GET", "/v1/devices/default")).text()).includes(words)) await Bun.sleep(50);
    };
    try {
      while (
        !(await call("GET", "/health").then(
          ({ ok }) => ok,
          () => false,
        ))
      )
        await Bun.sleep(50);
      await call("POST", "/v1/devices", { device_id: "default" });
      await call("POST", "/v1/devices/default/start");
      const { data } = (await (await call("POST", "/v1/devices/default/pairing/qr")).json()) as {
        data: { qr_string: string };
      };
      const phone = sim.phone("6281100000001", { name: "Budi" });
      await phone.scan(data.qr_string);
      await told('"phase":"connected"');
      const ann = sim.contact("628123456789", { name: "Ann" });
      const said = await ann.sends({ kind: "image", bytes: await jpeg() }, { to: phone });
      await said.receipted();
      const base64 = Buffer.from(await jpeg()).toString("base64");
      const content = { kind: "image", base64 };
      expect((await call("POST", "/v1/devices/default/messages", { to: ann.number, content })).status).toBeLessThan(
        300,
      );
      expect(ann.opens(await ann.hears(({ message }) => Boolean(message.imageMessage))).length).toBeGreaterThan(0);
      const preview = { kind: "text", text: "http://page.example.com/", preview: true };
      await call("POST", "/v1/devices/default/messages", { to: ann.number, content: preview });
      await ann.hears(/page.example.com/);
      expect(proxy.passed.map(({ host }) => host)).toContain("page.example.com");
      proxy.die();
      await told('"reason":"proxy_unavailable"');
    } finally {
      bot.kill();
      await bot.exited;
      watch.kill();
      await watching;
      proxy.die();
      await sim.stop();
      rmSync(folder, { recursive: true, force: true });
      ip("netns", "del", space);
    }
    const packets = text.trim().split("\n").slice(1);
    // What it answers to this test leaves from its own port.
    const elsewhere = packets.filter((packet) => {
      const [protocol, to, port, from] = packet.split(" ");
      return !(protocol === "6" && to === ours && (port === String(proxy.port) || from === "3000"));
    });
    expect(packets.length).toBeGreaterThan(50);
    expect(elsewhere).toEqual([]);
  },
  60_000,
);
