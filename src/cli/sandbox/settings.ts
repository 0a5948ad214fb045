import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Simulator } from "../../simulator/index.ts";
import type { Mailbox } from "./mailbox.ts";

/** The settings of a bot that speaks to a simulated WhatsApp and keeps everything in `folder`. */
export async function sandboxSettings(folder: string, key: string, sim: Simulator, mailbox: Mailbox) {
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
    WEBHOOK_URL: mailbox.url,
    WEBHOOK_SECRET: mailbox.secret,
    // So that a webhook of one's own can be on this machine too.
    OUTBOUND_ALLOW: "loopback",
  };
}
