import type { Clock } from "../../base/clock.ts";
import type { Connection } from "../../ports/connector.ts";
import { isAction } from "../../model/content/action.ts";
import { asFailure, type Failure } from "../../base/failure.ts";
import type { Log } from "../../base/log.ts";
import { type Message, unanswered } from "../../model/message/message.ts";
import { failReasonOf } from "../../model/message/fail-reason.ts";
import { delayed, failed } from "../../policy/message-effects.ts";
import type { SendPolicy } from "../../policy/send-policy.ts";
import { sendPause, serverAnswer } from "../../policy/server-answers.ts";
import type { BulkRecipients } from "./bulk-recipients.ts";
import type { MessageWrite } from "./write-batcher.ts";
import { isChannelJid } from "../../model/recipient.ts";
import type { Hold } from "../../ports/hold.ts";

/** How long WhatsApp may take to acknowledge, before the same message is sent again with the same id. */
const ackMs = 60_000;
/** How many may be on their way to WhatsApp at once. */
const maxInFlight = 64;
/** How often a fault of ours may keep a message from leaving before it is given up. */
const maxAttempts = 3;

/** Failures that say nothing of the message: it waits and leaves again with the same id. */
const passing: ReadonlySet<string> = new Set(["unavailable", "timeout", "rate_limited"]);

export interface InFlightPorts {
  clock: Clock;
  log: Log;
  /** The account's JID. */
  me(): string;
  /** Milliseconds since 1970 that no setting of the clock moves. */
  now(): number;
  /** Writes, in a turn that others may share. */
  record(note: MessageWrite): Promise<void>;
  /** `isProbing`: one message at a time tries whether WhatsApp takes any. */
  policy: Pick<SendPolicy, "isProbing">;
  recipients: Pick<BulkRecipients, "needFirst">;
  /** Something may leave now; in `chat`, where that is known. */
  wake(chat?: string): void;
}

interface Transmission {
  message: Message;
  /** When it was taken, by the monotonic clock. */
  at: number;
  forget: () => void;
  /** It may have reached WhatsApp. */
  left: boolean;
}

/** Messages on their way to WhatsApp: written to the open connection, not yet acknowledged. */
export class InFlight {
  #open: Connection | null = null;
  readonly #transmissions = new Map<string, Transmission>();
  readonly #attempts = new Map<string, number>();
  readonly #alarms = new Set<() => void>();
  /** WhatsApp was asked too much: until then nothing leaves. */
  #pausedUntil = 0;
  /** How often in a row. While it is not 0, one message at a time tries whether that is over. */
  #pauses = 0;

  readonly #ports: InFlightPorts;
  readonly #hold: Hold;

  constructor(ports: InFlightPorts, hold: Hold) {
    this.#ports = ports;
    this.#hold = hold;
  }

  get connection(): Connection | null {
    return this.#open;
  }

  /** How many more may be on their way. */
  get room(): number {
    if (this.#ports.clock.monotonic() < this.#pausedUntil) return 0;
    const isCareful = this.#pauses > 0 || this.#ports.policy.isProbing;
    return (isCareful ? 1 : maxInFlight) - this.#transmissions.size;
  }

  /** Until when nothing leaves because WhatsApp was asked too much, by the wall clock; null when it was not. */
  get pausedUntil(): number | null {
    const left = this.#pausedUntil - this.#ports.clock.monotonic();
    return left > 0 ? Math.round(this.#ports.clock.now() + left) : null;
  }

  begin(connection: Connection): void {
    this.#open = connection;
  }

  /** The connection is gone: what was on its way is forgotten here and queued again when the next one opens. */
  end(): void {
    this.#open = null;
    for (const { forget } of this.#transmissions.values()) forget();
    this.#transmissions.clear();
    for (const cancel of this.#alarms) cancel();
    this.#alarms.clear();
    this.#pausedUntil = this.#pauses = 0;
  }

  /** A message on its way, without asking the store. */
  message(waId: string): Message | null {
    return this.#transmissions.get(waId)?.message ?? null;
  }

  /** Not awaited: a file takes its time to upload, and the ack says when each message has arrived. */
  start(connection: Connection, message: Message): void {
    const at = this.#ports.clock.monotonic();
    this.#transmissions.set(message.waId, { message, at, forget: () => {}, left: message.reason === unanswered });
    this.#transmit(connection, message).catch((error: unknown) => this.#failed(connection, message, error));
  }

  /** WhatsApp answered for good, one way or the other. */
  acknowledged(waId: string): void {
    // What left before the pause says nothing of whether WhatsApp takes the next.
    if ((this.#transmissions.get(waId)?.at ?? -1) >= this.#pausedUntil) this.#pauses = 0;
    this.#forget(waId);
  }

  /** WhatsApp did not take it, for a reason that passes. */
  refused(waId: string, code: string): void {
    const { message } = this.#transmissions.get(waId) ?? {};
    if (!message) return;
    const attempts = this.#counted(message, { answer: code });
    this.#delay(message, attempts, serverAnswer(code).pausesDevice).catch(() => {});
  }

  #forget(waId: string): void {
    const transmission = this.#transmissions.get(waId);
    transmission?.forget();
    this.#attempts.delete(waId);
    if (transmission && this.#transmissions.delete(waId)) this.#ports.wake(transmission.message.chat);
  }

  async #transmit(connection: Connection, message: Message): Promise<void> {
    const { waId, chat } = message;
    // What was made before was looked at before.
    if (message.wire === null)
      await this.#ports.recipients.needFirst(message, async () => [chat, ...(await connection.namesOf(chat))]);
    const wire = message.wire ?? (await connection.compose(message));
    const remembered = wire === message.wire ? Promise.resolve() : this.#remember(message, wire);
    const transmission = this.#transmissions.get(waId);
    if (!transmission || connection !== this.#open) return remembered;
    remembered.catch(() => {}); // whoever sends it hears of it
    transmission.forget = this.#ports.clock.after(ackMs, () => void this.#retry(waId).catch(() => {}));
    transmission.left = true;
    await connection.send(message, wire, remembered);
  }

  async #failed(connection: Connection, message: Message, error: unknown): Promise<void> {
    // A closed connection is no fault of the message; it is requeued when the next one opens.
    if (connection !== this.#open) return;
    const failure = asFailure(error);
    const attempts = this.#counted(message, { code: failure.code, cause: causeOf(failure) });
    if (passing.has(failure.code)) return this.#delay(message, attempts, failure.code === "rate_limited");
    if (failure.code === "internal" && attempts < maxAttempts) return this.#delay(message, attempts, false);
    this.#forget(message.waId);
    await this.#giveUp(message, failure);
  }

  #counted(message: Message, why: object): number {
    const attempts = (this.#attempts.get(message.waId) ?? 0) + 1;
    this.#attempts.set(message.waId, attempts);
    const fields = { device: this.#hold.device, message: message.id, attempts, ...why };
    this.#ports.log.warn(fields, "a message could not be sent");
    return attempts;
  }

  /** Back into its place, for a while that grows. `pausesDevice`: nothing else leaves meanwhile. */
  async #delay(message: Message, attempts: number, pausesDevice: boolean): Promise<void> {
    const { clock } = this.#ports;
    const now = this.#ports.now();
    const { waId, chat } = message;
    const transmission = this.#transmissions.get(waId);
    if (!transmission) return;
    transmission.forget();
    const ms = sendPause(pausesDevice ? this.#paused() : attempts, Math.random());
    if (pausesDevice) {
      this.#pausedUntil = Math.max(this.#pausedUntil, clock.monotonic() + ms);
      this.#alarm(ms, () => this.#ports.wake());
    }
    // Written before another of its chat may be looked for.
    await this.#ports.record(delayed(message, now + ms, now, clock.now()));
    this.#transmissions.delete(waId);
    this.#alarm(ms + 1, () => this.#ports.wake(chat));
  }

  /** How often in a row WhatsApp was asked too much; what was on its way meanwhile says it once. */
  #paused(): number {
    if (this.#ports.clock.monotonic() >= this.#pausedUntil) this.#pauses += 1;
    return this.#pauses;
  }

  #alarm(ms: number, ring: () => void): void {
    const cancel = this.#ports.clock.after(ms, () => {
      this.#alarms.delete(cancel);
      ring();
    });
    this.#alarms.add(cancel);
  }

  /** Before it leaves: what answers, votes and retries to this message need. */
  #remember({ waId, chat, content, context }: Message, wire: Uint8Array): Promise<void> {
    const at = this.#ports.clock.now();
    // Nobody sees who of a channel's admins posted.
    const sender = isChannelJid(chat) ? chat : this.#ports.me();
    const said = { id: waId, chat, sender, fromMe: true, pushName: null, at, context, wire };
    return this.#ports.record({
      events: [],
      messages: [{ waId, wire, at }],
      history: isAction(content) ? [] : [{ type: "said", said: { ...said, content } }],
    });
  }

  async #retry(waId: string): Promise<void> {
    const transmission = this.#transmissions.get(waId);
    transmission?.forget();
    if (!transmission || !this.#transmissions.delete(waId)) return;
    const reason = transmission.left ? unanswered : null;
    await this.#ports.record({
      events: [],
      messages: [{ waId, state: "queued", reason, at: this.#ports.clock.now() }],
    });
    this.#ports.wake();
  }

  #giveUp(message: Message, failure: Failure): Promise<void> {
    return this.#ports.record(failed(message, this.#ports.clock.now(), failReasonOf(failure), failure.message));
  }
}

/** What a log may know of a cause: never its text. */
function causeOf({ cause }: Failure): string | undefined {
  return cause instanceof Error ? cause.name : undefined;
}
