import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import type { PasskeyAssertion, PasskeyCalls, PasskeyCeremony, PasskeyStage } from "../model/passkey.ts";
import type { Supervisor } from "./supervisor.ts";

/** How long a caller waits to be told the next stage: it is written first. */
const goesOnMs = 5_000;

/** The ceremony with a device's passkey, for who may link the device. */
export class PasskeyDesk {
  readonly #supervisor: Supervisor;
  readonly #need: () => void;
  readonly #clock: Clock;

  /** `need` throws `forbidden` for who may not link it. */
  constructor(supervisor: Supervisor, clock: Clock, need: () => void) {
    this.#clock = clock;
    this.#supervisor = supervisor;
    this.#need = need;
  }

  /** The ceremony that runs. Throws `conflict` when none does; `id`: when another one does, `gone`. */
  running(id?: string): PasskeyCeremony {
    this.#need();
    const { passkey } = this.#supervisor.showing;
    if (id !== undefined && passkey?.id !== id)
      throw new Failure("gone", "This link was for an attempt that is over: start a new one, and ask for a new link.");
    if (passkey === null)
      throw new Failure(
        "conflict",
        "WhatsApp asks for no passkey just now: link the device by QR code or pairing code.",
      );
    return passkey;
  }

  /** Resolves when the ceremony is seen to go on. */
  async sign(assertion: PasskeyAssertion): Promise<void> {
    const { id } = this.running();
    this.#calls.sign(assertion);
    await this.#goesOn(id, "signature");
  }

  async confirm(isSame: boolean): Promise<void> {
    const { id } = this.running();
    this.#calls.confirm(isSame);
    await this.#goesOn(id, "code");
  }

  async #goesOn(id: string, from: PasskeyStage): Promise<void> {
    const { changes, showing } = this.#supervisor;
    const isOn = () => showing.passkey?.id !== id || showing.passkey.stage !== from || undefined;
    await changes.until(isOn, goesOnMs, this.#clock);
  }

  async cancel(): Promise<void> {
    this.running();
    await this.#supervisor.cancelPasskey();
  }

  get #calls(): PasskeyCalls {
    const calls = this.#supervisor.passkey;
    if (!calls) throw new Failure("conflict", "The ceremony has everything that it needs, or its connection is gone.");
    return calls;
  }
}
