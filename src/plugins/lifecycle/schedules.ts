import type { Clock } from "../../core/base/clock.ts";
import type { PluginData } from "../../core/ports/plugin-data.ts";
import { nextAfter } from "../contract/cron.ts";
import type { Registered } from "../contract/protocol.ts";

/** Never sleeps longer, so that a wall clock that was set is noticed. */
const longest = 60_000;

type Run = (index: number, at: number) => Promise<boolean>;

/** The `every`s of one plugin. */
export class Schedules {
  readonly #cancels = new Map<number, () => void>();
  /** Those that run, each with the time of a run that came meanwhile. */
  readonly #going = new Map<number, number | null>();
  #over = false;

  /** `zone` is the bot's own, for those that name none. */
  constructor(
    readonly plugin: string,
    readonly schedules: Registered["schedules"],
    readonly clock: Clock,
    readonly data: PluginData,
    readonly zone: string,
    readonly run: Run,
    /** Hears why what ran could not be written down. */
    readonly failed: (error: unknown) => void,
  ) {}

  async start(): Promise<void> {
    for (const [index, { cron, options }] of this.schedules.entries()) {
      if (options.missed === "once") await this.#catchUp(index, cron, options.zone ?? this.zone);
      this.#arm(index);
    }
  }

  stop(): void {
    this.#over = true;
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  async #catchUp(index: number, cron: string, zone: string): Promise<void> {
    const key = this.#key(index);
    const ran = await this.data.get(this.plugin, key);
    const missed = typeof ran === "number" ? nextAfter(cron, zone, ran) : null;
    if (missed === null) await this.data.set(this.plugin, key, this.clock.now());
    else if (missed <= this.clock.now()) this.#runOnce(index, missed, this.clock.now()).catch(this.failed);
  }

  /** A run counts as done only when it went well: after a crash it is made again, with the same keys. */
  async #runOnce(index: number, at: number, note: number): Promise<void> {
    // One that takes longer than its pause is not run beside itself, but once more when it is done.
    if (this.#going.has(index)) return void this.#going.set(index, at);
    this.#going.set(index, null);
    const well = await this.run(index, at);
    const waiting = this.#going.get(index) ?? null;
    this.#going.delete(index);
    if (well && this.schedules[index]?.options.missed === "once")
      await this.data.set(this.plugin, this.#key(index), note);
    if (waiting !== null && !this.#over) await this.#runOnce(index, waiting, waiting);
  }

  #arm(index: number): void {
    const schedule = this.schedules[index];
    if (this.#over || !schedule) return;
    const due = nextAfter(schedule.cron, schedule.options.zone ?? this.zone, this.clock.now());
    if (due === null) return;
    const wait = () => {
      const left = due - this.clock.now();
      this.#cancels.set(index, this.clock.after(Math.min(Math.max(left, 0), longest), left > longest ? wait : fire));
    };
    const fire = () => {
      if (this.clock.now() < due) return wait();
      this.#runOnce(index, due, due).catch(this.failed);
      this.#arm(index);
    };
    wait();
  }

  #key(index: number): string {
    return `$ran:${index}:${this.schedules[index]?.cron}`;
  }
}
