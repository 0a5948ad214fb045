import { DEFAULTS, type SimulatorOptions } from "./base/options.ts";
import { Control } from "./control/control.ts";
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

/** Starts a simulator. Whatever is left out is as in `DEFAULTS`. */
export async function startSimulator(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  return new Simulator({ ...DEFAULTS, ...options });
}
