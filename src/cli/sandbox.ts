import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readConfig } from "../config/config.ts";
import { newKey } from "../core/access/keys.ts";
import { startBotSimulator } from "./base/simulated.ts";
import type { SimulatedContact, Simulator } from "../simulator/index.ts";
import { command, print } from "./base/command.ts";
import { toldOfPlugin } from "./plugin/told.ts";
import { stopRequested } from "./base/run-bot.ts";
import { BotProcess, type BotState } from "./sandbox/bot-process.ts";
import { sandboxBot } from "./sandbox/bot.ts";
import { Front } from "./sandbox/front.ts";
import { WebhookInbox } from "./sandbox/webhook-inbox.ts";
import { sandboxSettings } from "./sandbox/settings.ts";
import { annNumber, ownNumber, story } from "./sandbox/story.ts";

export function sandboxCommand() {
  const sandboxed = command("sandbox", "The bot with a simulated WhatsApp: try it without a phone.")
    .option("--once", "It ends after the first story.", false)
    .action(({ once }) => sandbox(once));
  // The process of the bot in it.
  sandboxed.command("bot", { hidden: true }).action(sandboxBot);
  return sandboxed;
}

/**
 * A WhatsApp of its own and the bot beside it, each in a process of its own, on this machine only. Plays a first story,
 * then lets one write as the contact, here or on the page.
 */
async function sandbox(once: boolean): Promise<void> {
  const { port, host } = readConfig(await address());
  print("Merpati's sandbox: a WhatsApp of its own on this machine. Nothing leaves it; no phone is needed.\n");
  {
    await using house = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "merpati-sandbox-"));
    house.defer(() => rm(folder, { recursive: true, force: true }));
    const sim = house.adopt(await startBotSimulator(), (each) => each.stop());
    const inbox = house.adopt(new WebhookInbox(), (each) => each.stop());
    const key = process.env["API_KEY"] ?? newKey();
    const bot = new BotProcess(await sandboxSettings(folder, key, sim, inbox), pass);
    const parts = { port, host, key, bot, control: sim.control().url };
    const front = house.adopt(new Front(parts), (each) => each.stop());
    house.adopt(bot, (each) => each.stop());
    sim.on((event) => front.events.tell(event));
    inbox.listen(({ event: { type, seq }, verdict }) =>
      front.events.tell({ type: "webhook", event: type, seq, verdict }),
    );
    await bot.start();
    await story({ url: front.url, key }, sim, inbox);
    if (!once) {
      invite(front.url, key);
      bot.listen(tell);
      await conversation(sim);
    }
  }
  process.exit(0);
}

async function address(): Promise<{ PORT: string; HOST: string }> {
  const { PORT, HOST = "127.0.0.1" } = process.env;
  return { PORT: PORT ?? String(await freePort(3000)), HOST };
}

/** Of what the bot logs errors and plugins are for the terminal, unless more was asked for; the page shows the rest. */
function pass(line: string): void {
  if (process.env["LOG_LEVEL"] !== undefined) return print(line);
  const told = toldOfPlugin(line);
  if (told !== null) print(told);
  else if (line.startsWith('{"level":"error"')) print(line);
}

/** `wanted`, or a free port when somebody has it. */
async function freePort(wanted: number): Promise<number> {
  try {
    await Bun.serve({ port: wanted, hostname: "127.0.0.1", reusePort: false, fetch: () => new Response() }).stop(true);
    return wanted;
  } catch {
    return 0;
  }
}

/** What becomes of the bot; that it ended well, as at Ctrl-C, is no news. */
function tell({ running, ended }: BotState): void {
  if (running) print("(the bot runs again)");
  else if (ended !== "0") print(`(the bot is dead: ${ended})`);
}

function invite(url: string, key: string): void {
  print(`\nOpen:     ${url}/sandbox   (you are Ann, and the phone; the dashboard is at ${url})`);
  print(`The bot:  ${url}   (its API: ${url}/docs)`);
  print(`API key:  ${key}`);
  print(`Try:      curl -H "x-api-key: ${key}" ${url}/connection/status\n`);
}

async function conversation(sim: Simulator): Promise<void> {
  const ann = sim.contact(annNumber);
  const phone = sim.phone(ownNumber);
  print("Now you are Ann: type a message and press Enter. Ctrl-C ends.");
  const stopListening = listenAs(sim, ann);
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    if (line.trim() !== "")
      ann.says(line, { to: phone }).catch((error: unknown) => print(`not said: ${String(error)}`));
  });
  await stopRequested();
  lines.close();
  stopListening();
}

function listenAs(sim: Simulator, ann: SimulatedContact): () => void {
  return sim.on((event) => {
    if (event.type === "message.heard" && event.by === ann.number) print(`bot: ${event.text ?? "(not text)"}`);
  });
}
