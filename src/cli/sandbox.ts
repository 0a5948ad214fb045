import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { compose, type Running } from "../composition.ts";
import { readConfig } from "../config.ts";
import { newKey } from "../core/keys.ts";
import { makeLog } from "../log.ts";
import { type Contact, type Simulator, startSimulator } from "../simulator/index.ts";
import type { Command } from "./command.ts";
import { asked } from "./start.ts";

const ownNumber = "6281100000001";
const annNumber = "628123456789";

/** How long any one step of the story may take. */
const stepMs = 20_000;

export const sandboxCommand: Command = {
  usage: "[--once]",
  about: "The bot with a simulated WhatsApp: try it without a phone. --once ends after the first story.",
  run: sandbox,
};

/**
 * The bot and a WhatsApp of its own, in one process and on this machine only. Plays a first story,
 * then lets one write as the contact.
 */
async function sandbox(args: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "merpati-sandbox-"));
  const sim = await startSimulator();
  const mailbox = new Mailbox();
  const running = await startBot(folder, sim, mailbox.url);
  try {
    await story(running, sim, mailbox);
    if (!args.includes("--once")) await conversation(sim);
  } finally {
    await running.stop();
    await sim.stop();
    await mailbox.stop();
    await rm(folder, { recursive: true, force: true });
  }
  // As in `start`: what Baileys leaves behind would keep a finished process.
  process.exit(0);
}

async function startBot(folder: string, sim: Simulator, webhook: string): Promise<Running & { key: string }> {
  const key = process.env["API_KEY"] ?? newKey();
  const authority = join(folder, "ca.pem");
  await Bun.write(authority, sim.certificate);
  const environment = {
    PORT: process.env["PORT"] ?? String(await freePort(3000)),
    HOST: process.env["HOST"] ?? "127.0.0.1",
    PLUGINS_DIR: process.env["PLUGINS_DIR"] ?? (existsSync("plugins") ? "plugins" : join(folder, "plugins")),
    LOG_LEVEL: process.env["LOG_LEVEL"] ?? "error",
    API_KEY: key,
    SESSIONS_DIR: folder,
    WHATSAPP_URL: sim.url,
    WHATSAPP_ROOT_KEY: sim.rootKey,
    WHATSAPP_CA: authority,
    WEBHOOK_URL: webhook,
  };
  const config = readConfig(environment);
  const { url } = sim.control();
  // The page asks its own server, which asks the simulator.
  const control = ({ method, body, signal }: Request, path: string) => fetch(`${url}${path}`, { method, body, signal });
  return { ...(await compose(config, makeLog(config), { sandbox: { key, control } })), key };
}

/** `wanted`, or a free port when somebody has it. */
async function freePort(wanted: number): Promise<number> {
  try {
    await Bun.serve({ port: wanted, hostname: "127.0.0.1", fetch: () => new Response() }).stop(true);
    return wanted;
  } catch {
    return 0;
  }
}

async function story({ bot, url, key }: Running & { key: string }, sim: Simulator, mailbox: Mailbox): Promise<void> {
  say("Merpati's sandbox: a WhatsApp of its own on this machine. Nothing leaves it; no phone is needed.\n");
  const device = bot.as({ kind: "admin" }).device("default");
  const phone = sim.phone(ownNumber, { name: "Budi" });
  const ann = sim.contact(annNumber, { name: "Ann" });

  step(1, "the bot asks WhatsApp for a QR code");
  const { qr } = await device.qr();
  step(2, "Budi's phone scans it");
  await phone.scan(qr, { timeoutMs: stepMs });
  say("     WhatsApp is connected");
  step(3, "Ann, a contact, writes: !ping");
  const arrived = mailbox.next("message.received");
  await ann.says("!ping", { to: phone });
  const answer = await ann.hears("pong", { timeoutMs: stepMs });
  step(4, `the bot answers: ${answer.text}`);
  const event = await arrived;
  step(5, "a webhook arrives, signed:");
  say(`     ${JSON.stringify(event)}`);

  say(`\nOpen:     ${url}/sandbox   (a phone and its people; the dashboard is at ${url})`);
  say(`The bot:  ${url}   (its API: ${url}/docs)`);
  say(`API key:  ${key}`);
  say(`Try:      curl -H "x-api-key: ${key}" ${url}/connection/status\n`);
}

async function conversation(sim: Simulator): Promise<void> {
  const ann = sim.contact(annNumber);
  const phone = sim.phone(ownNumber);
  say("Now you are Ann: type a message and press Enter. Ctrl-C ends.");
  const stopListening = listenAs(sim, ann);
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    if (line.trim() !== "") void ann.says(line, { to: phone });
  });
  await asked();
  lines.close();
  stopListening();
}

function listenAs(sim: Simulator, ann: Contact): () => void {
  return sim.on((event) => {
    if (event.type === "message.heard" && event.by === ann.number) say(`bot: ${event.text ?? "(not text)"}`);
  });
}

/** A webhook receiver that shows what came. */
class Mailbox {
  private waiting = new Map<string, (event: unknown) => void>();
  private readonly server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const event = (await request.json()) as { type: string };
      this.waiting.get(event.type)?.(event);
      return new Response();
    },
  });

  get url(): string {
    return `http://127.0.0.1:${this.server.port}/`;
  }

  next(type: string): Promise<unknown> {
    return new Promise((resolve) => this.waiting.set(type, resolve));
  }

  stop(): Promise<void> {
    return this.server.stop(true);
  }
}

function step(number: number, sentence: string): void {
  say(` ${number}.  ${sentence}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
