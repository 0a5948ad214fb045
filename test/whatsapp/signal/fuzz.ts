/**
 * Devices that talk in every way the network can bring about. Each step is done by our library or by libsignal, by the
 * dice, on the same records; what must open opens, what must not is refused, and nothing is sealed twice alike.
 */
import { Dice } from "../../crash/dice.ts";
import { FuzzDevice, type Sealed } from "./fuzz-device.ts";
import type { Library } from "./library.ts";

/** What a step found that should not be. */
export class Finding extends Error {
  override readonly name = "Finding";
}

const devices = 4;
/** More chains or sessions than these are forgotten, so what is older is given up in time. */
const keptChains = 5;
const mostUnderWay = 60;
const mostRemembered = 200;

/** How often each step is taken, in a thousand. */
const odds = {
  send: 370,
  deliver: 240,
  deliverAny: 160,
  replay: 60,
  forge: 60,
  truncate: 40,
  lose: 20,
  begin: 8,
  install: 1,
  groupSend: 40,
  rotate: 1,
} as const;
type Step = keyof typeof odds;

export class Fuzz {
  readonly #dice: Dice;
  readonly #devices: FuzzDevice[];
  #underWay: Sealed[] = [];
  #delivered: Sealed[] = [];
  /** Of each session at its reader, the ratchet keys that came, in order. */
  readonly #chains = new Map<string, string[]>();
  readonly #positions = new Set<string>();
  #told = 0;
  readonly counts: Record<string, number> = {};

  constructor(seed: number, library: Library) {
    this.#dice = new Dice(seed);
    this.#devices = Array.from({ length: devices }, (_, id) => new FuzzDevice(id, library, this.#dice));
  }

  async run(steps: number): Promise<void> {
    for (let at = 0; at < steps; at++) {
      try {
        await this.#step();
      } catch (error) {
        if (error instanceof Finding) throw error;
        throw new Finding(`step ${at}: ${error instanceof Error ? error.stack : String(error)}`, { cause: error });
      }
    }
  }

  async #step(): Promise<void> {
    const step = this.#choose();
    this.counts[step] = (this.counts[step] ?? 0) + 1;
    await this[step]();
  }

  #choose(): Step {
    let roll = this.#dice.below(1_000);
    for (const [step, odd] of Object.entries(odds)) if ((roll -= odd) < 0) return step as Step;
    return "send";
  }

  #any<T>(list: readonly T[]): T {
    return list[this.#dice.below(list.length)]!;
  }

  #pair(): [FuzzDevice, FuzzDevice] {
    const from = this.#any(this.#devices);
    return [from, this.#any(this.#devices.filter((device) => device !== from))];
  }

  async send(): Promise<void> {
    const [from, to] = this.#pair();
    if (!from.canWriteTo(to)) await from.begin(to);
    // Bursts, of which some is lost or late.
    for (let left = 1 + (this.#dice.below(10) === 0 ? this.#dice.below(20) : 0); left > 0; left--)
      this.#leave(await from.encrypt(to, `message ${++this.#told}`));
  }

  async begin(): Promise<void> {
    const [from, to] = this.#pair();
    await from.begin(to);
    this.#leave(await from.encrypt(to, `message ${++this.#told}`));
  }

  async groupSend(): Promise<void> {
    const from = this.#any(this.#devices);
    const others = this.#devices.filter((device) => device !== from);
    for (let left = 1 + this.#dice.below(3); left > 0; left--)
      for (const sealed of await from.encryptToGroup(others, `message ${++this.#told}`)) this.#leave(sealed);
  }

  async rotate(): Promise<void> {
    this.#any(this.#devices).rotate();
  }

  async install(): Promise<void> {
    this.#any(this.#devices).install();
  }

  async lose(): Promise<void> {
    this.#underWay.splice(this.#dice.below(this.#underWay.length), 1);
  }

  /** The oldest of one conversation: in order. */
  async deliver(): Promise<void> {
    const one = this.#any(this.#underWay);
    if (!one) return;
    await this.#arrive(this.#underWay.find((other) => other.stream === one.stream) ?? one);
  }

  async deliverAny(): Promise<void> {
    const one = this.#any(this.#underWay);
    if (one) await this.#arrive(one);
  }

  async replay(): Promise<void> {
    const one = this.#any(this.#delivered);
    if (one && one.install === one.to.installation) await this.#refused(one, one.bytes, "a replay");
  }

  async forge(): Promise<void> {
    const one = this.#any(this.#underWay);
    if (!one) return;
    const bytes = Buffer.from(one.bytes);
    // Around the sealed part of a first message stands what no MAC covers.
    const [start, end] = one.authenticated;
    const at = start + this.#dice.below(end - start);
    bytes[at] = bytes[at]! ^ (1 << this.#dice.below(8));
    await this.#refused(one, bytes, `a forgery in byte ${at} of ${bytes.length}`);
  }

  async truncate(): Promise<void> {
    const one = this.#any(this.#underWay);
    if (one) await this.#refused(one, one.bytes.subarray(0, this.#dice.below(one.authenticated[1])), "a part");
  }

  #leave(sealed: Sealed): void {
    if (this.#positions.has(sealed.position)) throw new Finding(`sealed twice alike: ${sealed.position}`);
    this.#positions.add(sealed.position);
    this.#underWay.push(sealed);
    if (this.#underWay.length > mostUnderWay) this.#underWay.shift();
  }

  async #refused(one: Sealed, bytes: Buffer, what: string): Promise<void> {
    const before = one.to.fingerprint(one);
    const opened = await one.to.decrypt(one, bytes).catch((error: unknown) => one.to.assertRefusal(error));
    if (opened !== null) throw new Finding(`${what} of ${one.text} was opened`);
    if (!one.to.fingerprint(one).equals(before)) throw new Finding(`${what} of ${one.text} changed the record`);
  }

  async #arrive(one: Sealed): Promise<void> {
    this.#underWay.splice(this.#underWay.indexOf(one), 1);
    const must = this.#mustOpen(one);
    if (must === null) return;
    const text = await one.to.decrypt(one, one.bytes);
    if (text !== one.text) throw new Finding(`${one.text} was read as ${text}`);
    this.#delivered.push(one);
    if (this.#delivered.length > mostRemembered) this.#delivered.shift();
    const keys = this.#keysOf(one);
    if (!keys.includes(one.chain)) keys.push(one.chain);
  }

  #keysOf({ to, install, session }: Sealed): string[] {
    const name = `${to.id} ${install} ${session}`;
    const keys = this.#chains.get(name) ?? [];
    this.#chains.set(name, keys);
    return keys;
  }

  /** Null of what may be forgotten by now, or came before what makes it readable. */
  #mustOpen(one: Sealed): true | null {
    if (one.install !== one.to.installation || !one.to.canRead(one)) return null;
    const keys = this.#keysOf(one);
    return !keys.includes(one.chain) || keys.slice(-keptChains).includes(one.chain) ? true : null;
  }
}
