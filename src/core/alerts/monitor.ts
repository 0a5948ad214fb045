import type { Clock } from "../base/clock.ts";
import { day, hour } from "../base/durations.ts";
import type { Log } from "../base/log.ts";
import type { Service } from "../base/service.ts";
import type { TextFile } from "../base/text-file.ts";
import type { GaugeReading } from "../metrics/gauges.ts";
import type { AlertChannel, Notice } from "./channel.ts";
import { type Incident, incidentKey, type KeptIncident } from "./incident.ts";
import { isQuiet, type QuietHours } from "./quiet-hours.ts";
import { type Condition, conditionsIn, subjectOf, type Thresholds } from "./rules.ts";

/** How often it looks, milliseconds. */
const lookMs = 10_000;
/** What is gone for so long is over: what comes and goes is one incident. */
const settleMs = 60_000;
/** Pauses between tries of a channel that refuses: doubled each time. */
const retryMs = { first: 30_000, most: hour };
/** Ended incidents that are kept, and for how long. */
const most = 500;
const keptMs = 31 * day;

/** What the operator is told of, by whom, and when not. */
export interface AlertPlan {
  readonly channels: readonly AlertChannel[];
  readonly thresholds: Thresholds;
  readonly quietHours: QuietHours | null;
}

export interface AlertPorts extends AlertPlan {
  readonly gauges: () => Promise<GaugeReading>;
  readonly note: TextFile;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
}

export interface ChannelReport {
  readonly name: string;
  readonly lastSentAt: number | null;
  /** Why it refused last; null while it works. */
  readonly problem: string | null;
}

interface ChannelState {
  lastSentAt: number | null;
  problem: string | null;
  failures: number;
  restUntil: number;
}

/** Everything that outlives the process. */
interface Kept {
  readonly incidents: KeptIncident[];
  readonly downSince: [string, number][];
  readonly toldNames: string[];
}

/**
 * Watches the bot and tells the operator: once when something begins to be wrong, once when it is over, by every channel.
 *
 *     condition seen → open, logged as WARN → each channel told → absent for a minute → ended → each channel told
 *
 * In quiet hours nobody is told; what is over by their end is not told at all.
 */
export class AlertMonitor implements Service {
  #ports: AlertPorts;
  #incidents: KeptIncident[];
  readonly #downSince: Map<string, number>;
  readonly #toldNames: Set<string>;
  readonly #states = new Map<AlertChannel, ChannelState>();
  #cancel = (): void => {};
  #stopped = false;
  #looking: Promise<void> | null = null;
  #written = "";
  readonly #listeners = new Set<() => void>();

  private constructor(ports: AlertPorts, kept: Kept) {
    this.#ports = ports;
    this.#incidents = [...kept.incidents];
    this.#downSince = new Map(kept.downSince);
    this.#toldNames = new Set(kept.toldNames);
    this.#begin(ports.channels);
  }

  static async load(ports: AlertPorts): Promise<AlertMonitor> {
    return new AlertMonitor(ports, read(await ports.note.read().catch(() => null)));
  }

  /** From the next look on this holds. A channel by another address is tried at once, however the one before did. */
  follow(plan: AlertPlan): void {
    this.#ports = { ...this.#ports, ...plan };
    this.#states.clear();
    this.#begin(plan.channels);
  }

  #begin(channels: readonly AlertChannel[]): void {
    for (const channel of channels)
      this.#states.set(channel, { lastSentAt: null, problem: null, failures: 0, restUntil: 0 });
  }

  /** The rules that are on. */
  get thresholds(): Thresholds {
    return this.#ports.thresholds;
  }

  start(): void {
    if (!this.#stopped) this.#cancel = this.#ports.clock.after(lookMs, () => void this.#round());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#looking;
  }

  /** Called after incidents began or ended, until the returned function is called. */
  listen(hear: () => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  /** The newest first. */
  list(): Incident[] {
    return this.#incidents.map(shownOf).toReversed();
  }

  /** How many incidents of each rule go on. */
  open(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { rule, endedAt } of this.#incidents)
      if (endedAt === null) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    return counts;
  }

  channels(): ChannelReport[] {
    return [...this.#states].map(([{ name }, { lastSentAt, problem }]) => ({ name, lastSentAt, problem }));
  }

  /** Sends a message for a try by every channel, quiet hours or not. */
  async test(): Promise<ChannelReport[]> {
    const at = this.#ports.clock.now();
    const sentence = "This is a test of the alerts.";
    const incident: Incident = { id: "test", rule: "device_offline", subject: "", sentence, openedAt: at, endedAt: at };
    const notice: Notice = { type: "incident.test", incident, text: `Merpati: ${sentence}` };
    await Promise.all([...this.#states.keys()].map((channel) => this.#send(channel, notice)));
    return this.channels();
  }

  /** One look at once; two never run at the same time. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
    return this.#looking;
  }

  async #round(): Promise<void> {
    await this.look().catch((error: unknown) =>
      this.#ports.log.warn({ err: error }, "the alerts could not be looked at"),
    );
    this.start();
  }

  async #look(): Promise<void> {
    const { gauges, thresholds, clock } = this.#ports;
    const reading = await gauges();
    const now = clock.now();
    this.#noteDown(reading, now);
    const { toldNames, downSince } = { toldNames: this.#toldNames, downSince: this.#downSince };
    this.#follow([...conditionsIn({ reading, thresholds, now, downSince, toldNames })], now);
    for (const name of reading.unknownNames) this.#toldNames.add(name);
    await this.#tell(now);
    await this.#write();
  }

  #noteDown({ devices }: GaugeReading, now: number): void {
    const down = new Set<string>();
    for (const device of devices) if (device.isWanted && device.phase !== "connected") down.add(subjectOf(device));
    for (const subject of down) if (!this.#downSince.has(subject)) this.#downSince.set(subject, now);
    for (const subject of this.#downSince.keys()) if (!down.has(subject)) this.#downSince.delete(subject);
  }

  #follow(conditions: readonly Condition[], now: number): void {
    const { log, newId } = this.#ports;
    let isChanged = false;
    const present = new Map(conditions.map((each) => [incidentKey(each), each]));
    this.#incidents = this.#incidents.map((incident) => {
      if (incident.endedAt !== null) return incident;
      if (present.delete(incidentKey(incident))) return { ...incident, seenAt: now };
      if (now - incident.seenAt < settleMs) return incident;
      log.info({ rule: incident.rule, subject: incident.subject }, "an incident is over");
      isChanged = true;
      return { ...incident, endedAt: now };
    });
    for (const { rule, subject, sentence } of present.values()) {
      log.warn({ rule, subject, incident: sentence }, "an incident began");
      const times = { openedAt: now, endedAt: null, seenAt: now };
      this.#incidents.push({ id: newId(), rule, subject, sentence, ...times, toldOpened: [], toldEnded: [] });
    }
    if (isChanged || present.size > 0) for (const hear of this.#listeners) hear();
    const over = this.#incidents.filter(({ endedAt }) => endedAt !== null).length;
    let surplus = Math.max(0, over - most);
    this.#incidents = this.#incidents.filter(
      ({ endedAt }) => endedAt === null || (surplus-- <= 0 && now - endedAt < keptMs),
    );
  }

  async #tell(now: number): Promise<void> {
    const { quietHours } = this.#ports;
    if (quietHours !== null && isQuiet(quietHours, now)) return;
    await Promise.all([...this.#states.keys()].map((channel) => this.#tellBy(channel, now)));
  }

  async #tellBy(channel: AlertChannel, now: number): Promise<void> {
    const { name } = channel;
    for (const incident of this.#incidents) {
      if ((this.#states.get(channel)?.restUntil ?? 0) > now) return;
      const { id, endedAt, toldOpened, toldEnded } = incident;
      if (endedAt === null && !toldOpened.includes(name)) {
        const sent = await this.#send(channel, { type: "incident.opened", incident, text: wordsOf(incident) });
        if (sent) this.#change(id, (each) => ({ ...each, toldOpened: [...each.toldOpened, name] }));
      } else if (endedAt !== null && toldOpened.includes(name) && !toldEnded.includes(name)) {
        const sent = await this.#send(channel, { type: "incident.ended", incident, text: wordsOf(incident) });
        if (sent) this.#change(id, (each) => ({ ...each, toldEnded: [...each.toldEnded, name] }));
      }
    }
  }

  #change(id: string, how: (incident: KeptIncident) => KeptIncident): void {
    this.#incidents = this.#incidents.map((incident) => (incident.id === id ? how(incident) : incident));
  }

  async #send(channel: AlertChannel, notice: Notice): Promise<boolean> {
    const { clock, log } = this.#ports;
    const state = this.#states.get(channel);
    if (state === undefined) return false;
    try {
      await channel.send({ ...notice, incident: shownOf(notice.incident) });
      Object.assign(state, { lastSentAt: clock.now(), problem: null, failures: 0, restUntil: 0 });
      return true;
    } catch (error) {
      state.problem = error instanceof Error ? error.message : String(error);
      state.failures += 1;
      state.restUntil = clock.now() + Math.min(retryMs.most, retryMs.first * 2 ** (state.failures - 1));
      log.warn({ channel: channel.name, error: state.problem }, "an alert could not be sent; it is tried again");
      return false;
    }
  }

  async #write(): Promise<void> {
    const kept: Kept = {
      incidents: this.#incidents,
      downSince: [...this.#downSince],
      toldNames: [...this.#toldNames],
    };
    // When a condition was last seen changes at each look: a restart may forget that.
    const text = JSON.stringify(kept);
    const essence = text.replaceAll(/"seenAt":\d+/g, "");
    if (essence === this.#written) return;
    await this.#ports.note.write(text);
    this.#written = essence;
  }
}

/** Without what only we need to know. */
const shownOf = ({ id, rule, subject, sentence, openedAt, endedAt }: Incident): Incident => ({
  id,
  rule,
  subject,
  sentence,
  openedAt,
  endedAt,
});

function wordsOf({ sentence, openedAt, endedAt }: Incident): string {
  if (endedAt === null) return `Merpati: ${sentence}`;
  const minutes = Math.max(1, Math.round((endedAt - openedAt) / 60_000));
  return `Merpati: over after ${minutes === 1 ? "a minute" : `${minutes} minutes`}: ${sentence}`;
}

/** What `#write` wrote; nothing of what is damaged. */
function read(text: string | null): Kept {
  const nothing: Kept = { incidents: [], downSince: [], toldNames: [] };
  try {
    return { ...nothing, ...(JSON.parse(text ?? "{}") as Partial<Kept>) };
  } catch {
    return nothing;
  }
}
