import { GROUND, type SimulatorOptions } from "./base/options.ts";
import { Control } from "./control/control.ts";
import { type ProfileName, PROFILES } from "./profile/profiles.ts";
import { World } from "./world/world.ts";

/** A simulated WhatsApp that another process may drive too. */
export class Simulator extends World {
  readonly #controls: Control[] = [];

  /** Starts the HTTP API by which another process or a page drives this simulator; 0 takes a free port. */
  control({ port = 0 }: { port?: number } = {}): Control {
    const control = new Control(this, port);
    this.#controls.push(control);
    return control;
  }

  /** Closes every connection and the port. */
  override async stop(): Promise<void> {
    for (const control of this.#controls) await control.stop();
    await super.stop();
  }
}

/** What a simulator is started with: a profile, and what shall be otherwise than in it. */
export interface SimulatorStart extends Partial<SimulatorOptions> {
  /** The newest when left out. */
  readonly profile?: ProfileName;
}

/** Starts a simulator. */
export async function startSimulator({ profile = "newest", ...options }: SimulatorStart = {}): Promise<Simulator> {
  return new Simulator({ ...GROUND, ...PROFILES[profile], ...options });
}
