import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Simulator } from "../../simulator/index.ts";
import type { WebhookInbox } from "./webhook-inbox.ts";

/** The settings of a bot that speaks to a simulated WhatsApp and keeps everything in `folder`. */
export async function sandboxSettings(folder: string, key: string, sim: Simulator, inbox: WebhookInbox) {
  const authority = join(folder, "ca.pem");
  await Bun.write(authority, sim.certificate);
  return {
    PORT: "0",
    HOST: "127.0.0.1",
    PLUGINS_DIR: process.env["PLUGINS_DIR"] ?? (existsSync("plugins") ? "plugins" : join(folder, "plugins")),
    LOG_LEVEL: process.env["LOG_LEVEL"] ?? "info",
    API_KEY: key,
    SESSIONS_DIR: folder,
    WHATSAPP_URL: sim.url,
    WHATSAPP_ROOT_KEY: sim.rootKey,
    WHATSAPP_CA: authority,
    WEBHOOK_URL: inbox.url,
    WEBHOOK_SECRET: inbox.secret,
    // So that a webhook of one's own can be on this machine too.
    OUTBOUND_ALLOW: "loopback",
  };
}
