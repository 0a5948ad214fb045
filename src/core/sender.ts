import type { Clock } from "./clock.ts";
import type { Connection } from "./connector.ts";
import { isAction } from "./content.ts";
import { asFailure, Failure } from "./failure.ts";
import type { Log } from "./log.ts";
import type { Message } from "./message.ts";
import { failed } from "./outcome.ts";
import { Bucket, type Pace } from "./pace.ts";
import type { Restraint } from "./restraint.ts";
import type { Batch, Hold, MessageChange, Store } from "./store.ts";
import { WaitingRoom } from "./waiting-room.ts";

/** How long WhatsApp may take to acknowledge, before the same message is sent again with the same id. */
const ackMs = 60_000;
/** How many may be on their way to WhatsApp at once. */
const maxInFlight = 32;
/** How often encryption may fail before the message is given up. */
const maxAttempts = 3;

/** A file server that is out of reach comes back: such a message is tried again for about five minutes. */
const passing: ReadonlySet<string> = new Set(["unavailable", "timeout"]);
const mostUploads = 12;
const longestPauseMs = 60_000;

export interface SenderPorts {
  store: Store;
  clock: Clock;
  log: Log;
  /** Null sends as fast as it goes. */
  pace: Pace | null;
  restraint: Restraint;
  /** The account's JID. */
  me(): string;
  /** Runs `work` while nothing else happens to the device. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  /** Writes; within a turn. */
  write(batch: Batch): Promise<void>;
}

/** The one that sends for a device: paced, in order within a chat, and only while a connection is open. */
export class Sender {
  private connection: Connection | null = null;
  private readonly bucket: Bucket;
  private readonly inFlight = new Map<string, { message: Message; forget: () => void }>();
  private readonly attempts = new Map<string, number>();
  readonly waitingRoom: WaitingRoom;
  private cancelTimer = () => {};
  /** Chats in which something may leave now; null when it could be in any. Spares a long queue a look at every row. */
  private ready: Set<string> | null = null;
  private running = false;
  private ended = false;
  private again = false;

  constructor(
    private readonly ports: SenderPorts,
    private readonly hold: Hold,
  ) {
    this.bucket = new Bucket(ports.pace, ports.clock.monotonic());
    this.waitingRoom = new WaitingRoom({ ...ports, wake: () => this.wake() }, hold);
  }

  /** A connection is open: what was on its way when the last one ended goes first, with the same ids. */
  async open(connection: Connection): Promise<void> {
    await this.ports.store.messages.requeue(this.hold);
    this.connection = connection;
    this.ready = null;
    // The answer to an earlier question was lost with the connection that asked.
    if (this.ports.restraint.isAsking) this.ask(connection);
    await this.waitingRoom.reconsider();
  }

  /** The connection is gone; what waits goes on waiting. */
  close(): void {
    this.connection = null;
    this.cancelTimer();
    for (const { forget } of this.inFlight.values()) forget();
    this.inFlight.clear();
  }

  /** The process ends. */
  end(): void {
    this.close();
    this.ended = true;
    this.waitingRoom.close();
  }

  /** Something was queued, acknowledged, or became due; in `chat`, where that is known. */
  wake(chat?: string): void {
    if (this.ended) return;
    if (chat === undefined) this.ready = null;
    else this.ready?.add(chat);
    this.again = true;
    if (!this.running) void this.run();
  }

  /** A message on its way, without asking the store. */
  sending(waId: string): Message | null {
    return this.inFlight.get(waId)?.message ?? null;
  }

  /** WhatsApp answered, one way or the other. */
  answered(waId: string): void {
    const flight = this.inFlight.get(waId);
    flight?.forget();
    this.attempts.delete(waId);
    if (flight && this.inFlight.delete(waId)) this.wake(flight.message.chat);
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      while (this.again) {
        this.again = false;
        if (this.connection) await this.confirm(this.connection);
        if (await this.waitingRoom.sift(this.connection !== null)) this.ready = null;
        while (await this.sendNext()) this.again = true;
      }
    } catch (error) {
      if (this.ended) return;
      this.ports.log.error(
        { device: this.hold.device, error: String(asFailure(error).cause ?? error) },
        "sending paused",
      );
      this.cancelTimer = this.ports.clock.after(1_000, () => this.wake());
    } finally {
      this.running = false;
    }
  }

  /** A lock that has run out may have been made longer: nothing leaves before WhatsApp was asked. */
  private async confirm(connection: Connection): Promise<void> {
    const question = this.ports.restraint.question();
    if (!question) return;
    await this.record(question);
    this.ask(connection);
  }

  private ask(connection: Connection): void {
    connection.askStanding().catch((error: unknown) => {
      this.ports.log.warn(
        { device: this.hold.device, error: errorName(error) },
        "WhatsApp did not say what the account may do",
      );
    });
  }

  /** False when nothing can leave now. */
  private async sendNext(): Promise<boolean> {
    const { connection } = this;
    if (!connection || this.inFlight.size >= maxInFlight) return false;
    // In one turn, so that nobody cancels what is just being taken.
    return this.ports.turn(() => this.take(connection));
  }

  private async take(connection: Connection): Promise<boolean> {
    const { clock, restraint } = this.ports;
    const message = await this.next(restraint.now());
    if (!message || connection !== this.connection) return false;
    const verdict = message.byHand ? null : await restraint.verdict(message.chat);
    if (verdict && !verdict.go) {
      await this.waitingRoom.admit(message, verdict);
      return true;
    }
    const wait = this.bucket.take(clock.monotonic());
    if (wait > 0) {
      this.cancelTimer();
      this.cancelTimer = clock.after(wait, () => this.wake());
      return false;
    }
    await this.ports.write({ events: [], messages: [{ waId: message.waId, state: "sending", at: clock.now() }] });
    this.inFlight.set(message.waId, { message, forget: () => {} });
    // Not awaited: a file takes its time to upload, and the ack says when each message has arrived.
    this.transmit(connection, message).catch((error: unknown) => this.failed(connection, message, error));
    return true;
  }

  /** What is known is forgotten before the look, so that nothing that is woken meanwhile is missed. */
  private async next(now: number): Promise<Message | null> {
    const { messages } = this.ports.store;
    const { device } = this.hold;
    if (this.ready === null) {
      this.ready = new Set();
      const found = await messages.next(device, now);
      if (found) this.ready = null;
      return found;
    }
    for (const chat of this.ready) {
      this.ready.delete(chat);
      const found = await messages.next(device, now, chat);
      if (found) return found;
    }
    return null;
  }

  private async transmit(connection: Connection, message: Message): Promise<void> {
    const { waId } = message;
    const wire = message.wire ?? (await connection.compose(message));
    if (wire !== message.wire) await this.remember(message, wire);
    const flight = this.inFlight.get(waId);
    if (!flight || connection !== this.connection) return;
    flight.forget = this.ports.clock.after(ackMs, () => void this.retry(waId).catch(() => {}));
    await connection.send(message, wire);
  }

  private async failed(connection: Connection, message: Message, error: unknown): Promise<void> {
    // A closed connection is no fault of the message; it is requeued when the next one opens.
    if (connection !== this.connection) return;
    const attempts = (this.attempts.get(message.waId) ?? 0) + 1;
    this.attempts.set(message.waId, attempts);
    this.ports.log.warn(
      { device: this.hold.device, message: message.id, attempts, error: errorName(error) },
      "a message could not be sent",
    );
    if (error instanceof Failure && passing.has(error.code) && attempts < mostUploads) {
      const again = () => void this.retry(message.waId).catch(() => {});
      const flight = this.inFlight.get(message.waId);
      if (flight) flight.forget = this.ports.clock.after(Math.min(longestPauseMs, 500 * 2 ** attempts), again);
      return;
    }
    const lasting = error instanceof Failure && error.code !== "unavailable" && error.code !== "internal";
    if (attempts < maxAttempts && !lasting) return this.retry(message.waId);
    this.answered(message.waId);
    await this.giveUp(message, lasting ? error : null);
  }

  /** Before it leaves: what answers, votes and retries to this message need. */
  private remember({ waId, chat, content, context }: Message, wire: Uint8Array): Promise<void> {
    const at = this.ports.clock.now();
    const said = { id: waId, chat, sender: this.ports.me(), fromMe: true, pushName: null, at, context, wire };
    return this.record({
      events: [],
      messages: [{ waId, wire, at }],
      history: isAction(content) ? [] : [{ type: "said", said: { ...said, content } }],
    });
  }

  private async retry(waId: string): Promise<void> {
    this.inFlight.get(waId)?.forget();
    if (!this.inFlight.delete(waId)) return;
    await this.change(waId, { state: "queued" });
    this.wake();
  }

  private giveUp(message: Message, why: Failure | null): Promise<void> {
    const error = why?.message ?? "The message could not be encrypted or written, three times in a row.";
    return this.record(failed(message, this.ports.clock.now(), why?.code ?? "unavailable", error));
  }

  private change(waId: string, change: Pick<MessageChange, "state">): Promise<void> {
    return this.record({ events: [], messages: [{ waId, ...change, at: this.ports.clock.now() }] });
  }

  private record(batch: Batch): Promise<void> {
    return this.ports.turn(() => this.ports.write(batch));
  }
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
