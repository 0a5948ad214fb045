import { runBot } from "../../src/cli/base/run-bot.ts";
import { readConfig } from "../../src/config/config.ts";
import { LiveSettings } from "../../src/config/live-settings.ts";

const fail = (): never => {
  throw new Error("no chat 628123456789@s.whatsapp.net");
};
const ways: Record<string, () => void> = {
  timer: () => void setTimeout(fail, 0),
  rejection: () => void (async () => fail())(),
  microtask: () => queueMicrotask(fail),
};

const { SESSIONS_DIR, PLUGINS_DIR, HOW = "" } = process.env;
const config = readConfig({
  PORT: "0",
  HOST: "127.0.0.1",
  API_KEY: "test-key-of-the-admin-0123456789",
  SESSIONS_DIR,
  PLUGINS_DIR,
  WHATSAPP_URL: "wss://127.0.0.1:9/ws",
  WHATSAPP_ROOT_KEY: "00".repeat(32),
});
await runBot(LiveSettings.fixed(config), { listening: () => {}, begun: () => ways[HOW]?.() });
