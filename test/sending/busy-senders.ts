import { WAMessageStatus } from "@whiskeysockets/baileys";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import type { Phone, Simulator, SimulatorStart } from "../../src/simulator/index.ts";
import type { WoundClock } from "../clock.ts";
import { startBot } from "../harness.ts";
import { type Client, linkedClient } from "../simulator/client.ts";

/** Who brings the messages of a busy hour to WhatsApp. */
export interface BusySender extends AsyncDisposable {
  readonly sim: Simulator;
  readonly phone: Phone;
  /** Takes a message, and sees to it from then on. */
  send(to: string, text: string): Promise<void>;
  isOpen(): boolean;
  /** How many messages it gave up. */
  failed(): number;
}

export async function merpati(simulator: SimulatorStart, clock: WoundClock): Promise<BusySender> {
  const bot = await startBot({ simulator, stands: { clock }, env: { WEBHOOK_URL: "" } });
  await bot.link();
  return {
    sim: bot.sim,
    phone: bot.phone,
    send: async (to, text) => void (await bot.device.outbox.send({ to, content: { kind: "text", text } })),
    isOpen: () => bot.device.status().phase === "connected",
    failed: () => bot.events.filter(({ type }) => type === "message.failed").length,
    [Symbol.asyncDispose]: () => bot[Symbol.asyncDispose](),
  };
}

/** How often the usual wiring tries before it gives a message up, one right after the other. */
const mostTries = 3;

/**
 * **The control**: Baileys as most bots wire it, and as Merpati did before it knew what passes: three tries, no pause, and what
 * WhatsApp refuses has failed. In order within a chat.
 */
export async function usualWiring(simulator: SimulatorStart): Promise<BusySender> {
  // It writes by number, which an account that has moved may not.
  const sim = await startBotSimulator({ ...simulator, accounts: "unknown" });
  const client = await linkedClient(sim);
  const chats = new Map<string, Promise<void>>();
  let failed = 0;
  client.socket.ev.on("messages.update", (updates) => {
    failed += updates.filter(({ update }) => update.status === WAMessageStatus.ERROR).length;
  });
  const attempt = async (to: string, text: string): Promise<void> => {
    for (let tries = 1; tries <= mostTries; tries++) {
      const error = await client.socket.sendMessage(to, { text }).then(
        () => null,
        (cause: unknown) => cause,
      );
      if (error === null) return;
    }
    failed += 1;
  };
  return {
    sim,
    phone: sim.phone("6281100000001"),
    send: async (to, text) => {
      const jid = to.includes("@") ? to : `${to}@s.whatsapp.net`;
      chats.set(
        to,
        (chats.get(to) ?? Promise.resolve()).then(() => attempt(jid, text)),
      );
    },
    isOpen: () => client.open,
    failed: () => failed,
    [Symbol.asyncDispose]: () => ended(client, sim),
  };
}

async function ended(client: Client, sim: Simulator): Promise<void> {
  await client.disconnect();
  await sim.stop();
}
