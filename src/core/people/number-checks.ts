import type { Clock } from "../base/clock.ts";
import { hour, minute } from "../base/durations.ts";
import { asFailure, Failure } from "../base/failure.ts";
import type { Log } from "../base/log.ts";
import type { NewEvent } from "../model/events/events.ts";
import type { DeviceRecord } from "../ports/devices.ts";
import type { Batch } from "../ports/ledger.ts";
import type { NumberAnswers, NumberCheck, PeopleCalls } from "../ports/people.ts";

/** Numbers of one tenant that may wait to be asked for; an hour of asking, with one device. */
const mostPending = 600;
/** How long WhatsApp is asked for a number. After it, what is known is told. */
const patience = 6 * hour;
/** Tries to write a result; the device may be removed. */
const mostFailures = 10;
/** Between two tries while the device is not connected. */
const pause = minute;

/** A device whose account asks. */
export interface CheckingDevice {
  readonly record: DeviceRecord;
  /** Throws while there is no connection. */
  readonly open: { readonly people: Pick<PeopleCalls, "check"> };
  note(batch: Batch): Promise<void>;
}

/** A number of a call: known, or asked for later. */
export interface NumberReport extends Omit<NumberCheck, "exists"> {
  /** Null while it is not known. */
  exists: boolean | null;
  pending: boolean;
  /** Seconds after which asking again makes sense; null of what is known. */
  retryAfter: number | null;
}

/** `request`: what `contacts.checked` names once the rest is known; null when nothing is pending. */
export interface CheckReport {
  numbers: NumberReport[];
  request: string | null;
}

interface Request {
  readonly id: string;
  readonly phones: readonly string[];
  readonly until: number;
}

interface Line {
  readonly device: CheckingDevice;
  requests: Request[];
  readonly known: Map<string, NumberCheck>;
  /** How often in a row the result could not be written. */
  failures: number;
  cancel: () => void;
}

export interface NumberCheckPorts {
  clock: Clock;
  log: Log;
  ids: { message(): string };
}

/**
 * Which numbers WhatsApp knows. What the pace does not allow at once is asked for in the background and told as
 * `contacts.checked`. What is pending is kept in memory: a restart forgets it.
 */
export class NumberChecks {
  readonly #lines = new Map<string, Line>();
  readonly #ports: NumberCheckPorts;

  constructor(ports: NumberCheckPorts) {
    this.#ports = ports;
  }

  stop(): void {
    for (const { cancel } of this.#lines.values()) cancel();
    this.#lines.clear();
  }

  /**
   * `asked` is the answer of a first look at `phones`. Throws `rate_limited` when too many of the tenant's are pending; what could
   * be asked was.
   */
  report(device: CheckingDevice, phones: readonly string[], { known, pending, wait }: NumberAnswers): CheckReport {
    const found = new Map(known.map((check) => [check.phone, check]));
    const line = this.#lines.get(device.record.uid);
    const order = [...new Set([...(line ? pendingOf(line) : []), ...pending])];
    this.#needRoom(device, order.length, wait);
    const request = pending.length === 0 ? null : this.#queue(this.#line(device), phones, found, wait);
    const numbers = phones.map((phone): NumberReport => {
      const check = found.get(phone);
      if (check) return { ...check, pending: false, retryAfter: null };
      const retryAfter = secondsUntil(order.indexOf(phone), wait);
      return { phone, exists: null, jid: null, lid: null, pending: true, retryAfter };
    });
    return { numbers, request };
  }

  /** `own`: how many would be pending for this device. */
  #needRoom({ record }: CheckingDevice, own: number, wait: number): void {
    const others = [...this.#lines.values()].filter(
      ({ device }) => device.record.tenant === record.tenant && device.record.uid !== record.uid,
    );
    const count = others.reduce((sum, line) => sum + pendingOf(line).size, own);
    if (count <= mostPending) return;
    throw new Failure(
      "rate_limited",
      `WhatsApp bans accounts that check many numbers, so ten a minute are asked for, and at most ${mostPending} may be pending: ask for ${count - mostPending} fewer, or later.`,
      { retryAfter: secondsUntil(count - mostPending, wait) },
    );
  }

  #line(device: CheckingDevice): Line {
    const { uid } = device.record;
    const line = this.#lines.get(uid) ?? { device, requests: [], known: new Map(), failures: 0, cancel: () => {} };
    this.#lines.set(uid, line);
    return line;
  }

  #queue(line: Line, phones: readonly string[], found: ReadonlyMap<string, NumberCheck>, wait: number): string {
    const { ids, clock } = this.#ports;
    const id = ids.message();
    const isIdle = line.requests.length === 0;
    for (const phone of phones) {
      const check = found.get(phone);
      if (check) line.known.set(phone, check);
    }
    line.requests.push({ id, phones: [...new Set(phones)], until: clock.monotonic() + patience });
    if (isIdle) this.#again(line, wait);
    return id;
  }

  #again(line: Line, ms: number): void {
    line.cancel = this.#ports.clock.after(ms, () => {
      this.#ask(line).catch((error: unknown) => this.#failed(line, error));
    });
  }

  async #ask(line: Line): Promise<void> {
    const wait = await this.#look(line);
    const { uid } = line.device.record;
    // It was stopped while WhatsApp was asked.
    if (this.#lines.get(uid) !== line) return;
    const done = line.requests.filter((request) => this.#isDone(line, request));
    if (done.length > 0) await line.device.note({ events: done.map((request) => this.#told(line, request)) });
    line.failures = 0;
    line.requests = line.requests.filter((request) => !done.includes(request));
    const kept = new Set(line.requests.flatMap(({ phones }) => phones));
    for (const phone of line.known.keys()) if (!kept.has(phone)) line.known.delete(phone);
    if (line.requests.length > 0) return this.#again(line, wait);
    this.#lines.delete(uid);
  }

  /** Resolves to when to look again, milliseconds. */
  async #look(line: Line): Promise<number> {
    const phones = [...pendingOf(line)];
    if (phones.length === 0) return 0;
    try {
      const { known, wait } = await line.device.open.people.check(phones);
      for (const check of known) line.known.set(check.phone, check);
      return Math.max(wait, 1_000);
    } catch (error) {
      const { code } = asFailure(error);
      // Nobody is there any more who could ask.
      if (code === "not_linked") line.requests = line.requests.map((request) => ({ ...request, until: 0 }));
      this.#ports.log.debug({ device: line.device.record.id, code }, "numbers could not be checked; tried again later");
      return pause;
    }
  }

  #isDone({ known }: Line, { phones, until }: Request): boolean {
    return until <= this.#ports.clock.monotonic() || phones.every((phone) => known.has(phone));
  }

  #told({ known }: Line, { id, phones }: Request): NewEvent {
    const numbers = phones.map((phone) => known.get(phone) ?? { phone, exists: null, jid: null, lid: null });
    const data = { request: id, numbers };
    return { type: "contacts.checked", at: this.#ports.clock.now(), chat: null, once: `checked|${id}`, data };
  }

  #failed(line: Line, error: unknown): void {
    const { id, uid } = line.device.record;
    this.#ports.log.warn({ err: error, device: id }, "checked numbers could not be told");
    if (this.#lines.get(uid) !== line) return;
    line.failures += 1;
    if (line.failures < mostFailures) this.#again(line, pause);
    else this.#lines.delete(uid);
  }
}

/** What is still asked for, each once, in the order of the calls. */
const pendingOf = ({ requests, known }: Line): Set<string> =>
  new Set(requests.flatMap(({ phones }) => phones.filter((phone) => !known.has(phone))));

/** Ten a minute: when the turn of the one at `place` comes. */
const secondsUntil = (place: number, wait: number): number => Math.ceil((wait + place * 6_000) / 1000);
