import { type ProfileName, type Simulator, type SimulatorStart, startSimulator } from "../../simulator/index.ts";

/** The WhatsApp of the newest evidence: of the sandbox, the plugins' test kit, the tests and the benches. */
export const botProfile: ProfileName = "newest";

/** A simulated WhatsApp of that profile. */
export function startBotSimulator(options: SimulatorStart = {}): Promise<Simulator> {
  return startSimulator({ profile: botProfile, ...options });
}
