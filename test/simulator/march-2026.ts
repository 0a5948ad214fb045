import { type Simulator, type SimulatorStart, startSimulator } from "../../src/simulator/index.ts";

/** WhatsApp as it was in March 2026, which Baileys knows without the bot around it. */
export function startMarch2026(options: SimulatorStart = {}): Promise<Simulator> {
  return startSimulator({ profile: "2026-03", ...options });
}
