import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import type { Addressing } from "../wire/address.ts";
import { el, type Stanza } from "../wire/stanza.ts";

/** A call that a simulated person makes; it rings at every linked device of the one called. */
export class Call {
  readonly id: string;
  readonly #network: Network;
  readonly #caller: User;
  readonly #called: User;
  readonly #by: Addressing;
  #rejectedBy: string | undefined;

  constructor(network: Network, caller: User, called: User, options: { video: boolean; by: Addressing }) {
    this.#network = network;
    this.#caller = caller;
    this.#called = called;
    this.#by = options.by;
    this.id = caller.random.hex(16);
    network.events.listen((event) => {
      if (event.type === "call.rejected" && event.call === this.id) this.#rejectedBy = event.device;
    });
    const media = [el("audio", { enc: "opus", rate: "16000" }), ...(options.video ? [el("video")] : [])];
    const number = caller.isNumberless ? undefined : caller.jid();
    const kind = network.options.extras ? { device_class: "2016", joinable: "1" } : { "device-class": "2016" };
    this.#ring(el("offer", { ...this.#names(), caller_pn: number, ...kind }, media));
  }

  /** The phone that is called picks up. */
  pickedUp(): void {
    this.#ring(el("accept", this.#names()));
  }

  /** The phone that is called declines. */
  declined(): void {
    this.#ring(el("reject", this.#names()));
  }

  /** The caller gives up; `timeout` is what a phone says that rang too long. */
  hangsUp(reason?: "timeout"): void {
    this.#ring(el("terminate", { ...this.#names(), reason }));
  }

  /** Resolves with the device that declined the call, now or later. */
  rejected(timeoutMs = 10_000): Promise<string> {
    return this.#network.events.wait(() => this.#rejectedBy, `the call ${this.id} to be declined`, timeoutMs);
  }

  #names(): Record<string, string> {
    return { "call-id": this.id, "call-creator": this.#caller.phone.jid(this.#by) };
  }

  // As captured calls have them.
  #extras(): Record<string, string> {
    if (!this.#network.options.extras) return {};
    const { name } = this.#caller;
    return { sender_lid: this.#caller.jid("lid"), notify: name, platform: "android", version: "2.26.20.79", e: "0" };
  }

  #ring(info: Stanza): void {
    for (const device of this.#called.linked) {
      const attrs = { from: this.#caller.jid(this.#by), id: this.#network.newId(), t: this.#network.now };
      this.#network.deliver(device, el("call", { ...attrs, ...this.#extras() }, [info]));
    }
  }
}
