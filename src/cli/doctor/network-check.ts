import type { Config } from "../../config/config.ts";
import { amiss, type Finding, well } from "./finding.ts";

const patienceMs = 8_000;
/** WhatsApp and TLS take a clock that is a little off, milliseconds. */
const mostSkew = 60_000;

/** Whether WhatsApp can be reached from here, and whether the clock is right. */
export async function checkNetwork({ whatsappUrl }: Config): Promise<Finding[]> {
  if (whatsappUrl !== null) return [await reachable(new URL(whatsappUrl))];
  const began = Date.now();
  const response = await fetch("https://web.whatsapp.com/", {
    method: "HEAD",
    signal: AbortSignal.timeout(patienceMs),
  }).catch((error: unknown) => String(error));
  if (typeof response === "string")
    return [
      amiss(
        `web.whatsapp.com cannot be reached (${response}): check the internet connection, DNS, clock and firewall, port 443.`,
      ),
    ];
  const told = Date.parse(response.headers.get("date") ?? "");
  const skew = Math.abs(told - began);
  const reached = well("web.whatsapp.com can be reached.");
  return skew > mostSkew
    ? [
        reached,
        amiss(`The clock of this machine is ${Math.round(skew / 1000)} seconds off: switch time synchronisation on.`),
      ]
    : [reached];
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
