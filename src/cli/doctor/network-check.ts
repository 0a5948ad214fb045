import type { Config } from "../../config/config.ts";
import { systemClock } from "../../composition/system.ts";
import { guardedFetch } from "../../net/fetch.ts";
import { ProxiedWays } from "../../net/proxy/ways-out.ts";
import { amiss, type Finding, well } from "./finding.ts";

const patienceMs = 8_000;
/** WhatsApp and TLS take a clock that is a little off, milliseconds. */
const mostSkew = 60_000;

/** Whether WhatsApp can be reached from here, and whether the clock is right. */
export async function checkNetwork(config: Config): Promise<Finding[]> {
  const { whatsappUrl, proxy } = config;
  if (whatsappUrl !== null && proxy === null) return [await reachable(new URL(whatsappUrl))];
  const began = Date.now();
  const response = await answer(config).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  const by = proxy === null ? "" : " through PROXY";
  if (typeof response === "string")
    return [
      amiss(
        `web.whatsapp.com cannot be reached${by} (${response}): check the internet connection, DNS, clock and firewall, port 443.`,
      ),
    ];
  const told = Date.parse(response.headers.get("date") ?? "");
  const skew = Math.abs(told - began);
  const reached = well(`web.whatsapp.com can be reached${by}.`);
  return skew > mostSkew
    ? [
        reached,
        amiss(`The clock of this machine is ${Math.round(skew / 1000)} seconds off: switch time synchronisation on.`),
      ]
    : [reached];
}

/** By the way that devices without a proxy of their own leave by: nothing goes past PROXY. */
async function answer({ proxy }: Config): Promise<Response> {
  const proxyOf = () => proxy && { proxy, from: "server" as const };
  const ways = new ProxiedWays({ clock: systemClock, proxyOf });
  const way = ways.of({ tenant: "", device: "doctor" });
  const request = { method: "HEAD", timeout: patienceMs, operatorsWord: true, way } as const;
  try {
    return await guardedFetch({ clock: systemClock }).send("https://web.whatsapp.com/", request);
  } finally {
    await ways.close();
  }
}

async function reachable({ hostname, port, protocol }: URL): Promise<Finding> {
  const at = Number(port) || (protocol === "wss:" ? 443 : 80);
  try {
    const socket = await Bun.connect({ hostname, port: at, socket: { data() {} } });
    socket.end();
    return well(`WHATSAPP_URL, ${hostname}:${at}, can be reached.`);
  } catch {
    return amiss(`WHATSAPP_URL, ${hostname}:${at}, cannot be reached.`);
  }
}
