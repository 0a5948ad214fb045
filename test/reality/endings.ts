import type { BotEvent } from "../../src/core/model/events/events.ts";
import type { SimulatedContact, Phone } from "../../src/simulator/index.ts";
import type { Aftermath, Case } from "./cases.ts";
import { Names } from "./names.ts";
import type { World } from "./world.ts";

/** A device of the bot that one case ends. */
interface Victim {
  readonly one: Case;
  readonly id: string;
  readonly phone: Phone;
  readonly jid: string;
}

/** Ends the stream or the login of a device of its own for each case, and looks at what becomes of it. */
export class Endings {
  readonly #world: World;
  readonly #ani: SimulatedContact;
  readonly #listed: (id: string) => boolean;

  constructor(world: World, listed: (id: string) => boolean) {
    this.#world = world;
    this.#ani = world.sim.contact("6281234567890", { name: "Ani" });
    this.#listed = listed;
  }

  /** What is wrong with each case, by id. */
  async faults(cases: readonly Case[]): Promise<Map<string, string | null>> {
    const faults = new Map<string, string | null>();
    const victims: Victim[] = [];
    for (const [at, one] of cases.entries()) victims.push(await this.#link(one, at));
    await Promise.all(victims.map(async (victim) => faults.set(victim.one.id, await this.#play(victim))));
    return faults;
  }

  async #link(one: Case, at: number): Promise<Victim> {
    const phone = this.#world.sim.phone(`62811000001${String(at).padStart(2, "0")}`, { name: "Citra" });
    const id = `ending-${at}`;
    return { one, id, phone, jid: await this.#world.link(id, phone) };
  }

  async #play({ one, id, phone, jid }: Victim): Promise<string | null> {
    const { sim } = this.#world;
    const node = new Names({}).stanza(one.node ?? { tag: "stream:error" });
    const before = this.#of(id).length;
    if (one.how === "close") sim.raw.end(jid, node);
    else {
      await this.#world.call("POST", `/v1/devices/${id}/stop`);
      sim.faults.failLogin({ reason: "", ...node.attrs }, 1, jid);
      await this.#world.call("POST", `/v1/devices/${id}/start`);
    }
    const { then } = one;
    if (then === undefined) return "does not say what follows";
    const wrong = await this.#awaits(id, before, then, this.#listed(one.id) ? 500 : 15_000);
    if (wrong !== null || (then !== "reconnects" && then.phase === "logged_out")) return wrong;
    if (then !== "reconnects") await this.#again(id);
    await this.#world.hears(this.#ani, phone);
    return null;
  }

  async #awaits(id: string, before: number, then: Aftermath, ms: number): Promise<string | null> {
    if (then === "reconnects") {
      const connected = () =>
        this.#of(id)
          .slice(before)
          .some(({ type }) => type === "device.connected");
      const there = await this.#world.receiver.until(connected, "a connection", ms).then(
        () => true,
        () => false,
      );
      return there ? null : this.#leaves(id);
    }
    // Not every end is told at a webhook; what the API shows is asked until it is so, or the time is over.
    for (const end = performance.now() + ms; performance.now() < end;) {
      const { phase, reason } = await this.#world.device(id);
      if (phase === then.phase && reason === then.reason) return null;
    }
    return this.#leaves(id);
  }

  async #leaves(id: string): Promise<string> {
    const { phase, reason } = await this.#world.device(id);
    return `leaves the device ${phase} (${reason ?? "no reason"})`;
  }

  async #again(id: string): Promise<void> {
    const before = this.#of(id).length;
    await this.#world.call("POST", `/v1/devices/${id}/start`);
    const connected = () =>
      this.#of(id)
        .slice(before)
        .some(({ type }) => type === "device.connected");
    await this.#world.receiver.until(connected, `${id} to be connected again`);
  }

  #of(id: string): BotEvent[] {
    return this.#world.receiver.events.filter(({ device }) => device === id);
  }
}
