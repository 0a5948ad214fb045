/** From WhatsApp's frame to the receiver: the whole bot, and a handler on plain Baileys that posts at once. */
import { join } from "node:path";
import { Child } from "./child.ts";

export interface Frames {
  p50: number;
  p99: number;
}

interface Where {
  url: string;
  rootKey: string;
  webhook: string;
}

const ways = {
  merpati: [
    "./merpati.ts",
    ({ url, rootKey, webhook }: Where, dir: string) => ({
      SESSIONS_DIR: join(dir, "sessions"),
      WHATSAPP_URL: url,
      WHATSAPP_ROOT_KEY: rootKey,
      WEBHOOK_URL: webhook,
      WEBHOOK_EVENTS: "message.received",
      API_KEY: "a-key-for-the-bench-0123456789",
      HOST: "127.0.0.1",
      PORT: "0",
      LOG_LEVEL: "error",
    }),
  ],
  straight: [
    "./raw.ts",
    ({ url, webhook }: Where) => ({
      RAW_URL: url,
      RAW_STORE: "sqlite",
      RAW_POST: webhook,
    }),
  ],
} as const;

export async function frames(way: keyof typeof ways, dir: string, messages: number): Promise<Frames> {
  const world = new Child("./world.ts");
  const where = await world.call<Where>("where");
  const [file, environment] = ways[way];
  const bot = new Child(file, environment(where, dir));
  try {
    await world.call("scan", await bot.call("qr"));
    await bot.call("open");
    const times = await world.call<number[]>("latencies", { messages, rate: 100, contacts: 50 });
    const at = (part: number) => Number((times[Math.floor(times.length * part)] ?? 0).toFixed(2));
    return { p50: at(0.5), p99: at(0.99) };
  } finally {
    await bot.kill();
    await world.kill();
  }
}
