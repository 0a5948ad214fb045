import type { Clock } from "../../base/clock.ts";
import type { Connection } from "../../ports/connector.ts";
import { asFailure, assert } from "../../base/failure.ts";
import { BulkRecipients } from "./bulk-recipients.ts";
import { InFlight } from "./in-flight.ts";
import { WriteBatcher } from "./write-batcher.ts";
import type { Log } from "../../base/log.ts";
import type { SendingFigures } from "../../model/sending-figures.ts";
import type { Message } from "../../model/message/message.ts";
import { Bucket, type Pace } from "../../policy/pace.ts";
import { classOrder } from "../../policy/queue-turns.ts";
import { serverAnswer } from "../../policy/server-answers.ts";
import type { SendPolicy } from "../../policy/send-policy.ts";
import type { Batch } from "../../ports/ledger.ts";
import type { Hold } from "../../ports/hold.ts";
import type { Store } from "../../ports/store.ts";
import { HeldMessages } from "./held-messages.ts";

export interface SenderPorts {
  store: Store;
  clock: Clock;
  log: Log;
  /** Null sends as fast as it goes. */
  pace: Pace | null;
  policy: SendPolicy;
  /** The account's JID. */
  me(): string;
  /** Runs `work` while nothing else happens to the device. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  /** Writes; within a turn. */
  write(batch: Batch): Promise<void>;
}

/**
 * Sends for a device: paced, in order within a chat, and only while a connection is open.
 *
 *     closed ⇄ open        `open` requeues what the last connection left unanswered, `close` forgets what is in flight
 *       └──────┴─ end → ended: nothing runs any more
 *
 *     idle ─ wake → running ─ held messages judged, then as many started as may leave ─┬─ woken meanwhile → running
 *                                                                                      └─ else → idle
 *
 * A run never overlaps another. What it takes it takes within the device's turn, so nobody cancels it half-way; a run
 * that fails begins again after a second. The pace and what is in flight bound how many start.
 */
export class Sender {
  readonly #bucket: Bucket;
  readonly #inFlight: InFlight;
  readonly held: HeldMessages;
  #cancelTimer = () => {};
  /** Chats in which something may leave now; null when it could be in any. Spares a long queue a look at every row. */
  #ready: Set<string> | null = null;
  /** How many times the queue was asked what may leave: who goes first takes turns. */
  #left = 0;
  #running = false;
  #ended = false;
  #again = false;

  readonly #ports: SenderPorts;
  readonly #hold: Hold;

  constructor(ports: SenderPorts, hold: Hold) {
    this.#ports = ports;
    this.#hold = hold;
    this.#bucket = new Bucket(ports.pace, ports.clock.monotonic());
    const wake = (chat?: string) => this.wake(chat);
    this.held = new HeldMessages({ ...ports, wake }, hold);
    const batcher = new WriteBatcher(ports);
    const { now } = ports.policy;
    const recipients = new BulkRecipients(ports.store.bulks, hold.device);
    this.#inFlight = new InFlight({ ...ports, now, record: (write) => batcher.add(write), recipients, wake }, hold);
  }

  /** A connection is open: what was on its way when the last one ended goes first, with the same ids. */
  async open(connection: Connection): Promise<void> {
    await this.#ports.store.messages.requeue(this.#hold);
    this.#inFlight.begin(connection);
    this.#ready = null;
    // The answer to an earlier question was lost with the connection that asked.
    if (this.#ports.policy.isAsking) this.#ask(connection);
    await this.held.reconsider();
  }

  /** The connection is gone; what waits goes on waiting. */
  close(): void {
    this.#cancelTimer();
    this.#inFlight.end();
  }

  /** The process ends. */
  end(): void {
    this.close();
    this.#ended = true;
    this.held.close();
  }

  /** Something was queued, acknowledged, or became due; in `chat`, where that is known. */
  wake(chat?: string): void {
    if (this.#ended) return;
    if (chat === undefined) this.#ready = null;
    else this.#ready?.add(chat);
    this.#again = true;
    // It tells and retries what fails.
    if (!this.#running) this.#run().catch(() => {});
  }

  get figures(): SendingFigures {
    return { ...this.#ports.policy.holds, pausedUntil: this.#inFlight.pausedUntil };
  }

  /** A message on its way, without asking the store. */
  sending(waId: string): Message | null {
    return this.#inFlight.message(waId);
  }

  /** WhatsApp answered; `error` is its code, null when it took the message. */
  answered(waId: string, error: string | null = null): void {
    if (error !== null && serverAnswer(error).class === "passing") this.#inFlight.refused(waId, error);
    else this.#inFlight.acknowledged(waId);
  }

  /** Takes back of a bulk what has not left. */
  async cancelBulk(id: string): Promise<void> {
    const { store, clock } = this.#ports;
    await this.#ports.turn(() => store.bulks.cancel(this.#hold, id, clock.now()));
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#again) {
        this.#again = false;
        const { connection } = this.#inFlight;
        const confirm = connection && (() => this.#confirm(connection));
        if (await this.held.processDue(confirm)) this.#ready = null;
        while (await this.#sendNext()) this.#again = true;
      }
    } catch (error) {
      if (this.#ended) return;
      this.#ports.log.error(
        { device: this.#hold.device, error: String(asFailure(error).cause ?? error) },
        "sending paused",
      );
      this.#cancelTimer = this.#ports.clock.after(1_000, () => this.wake());
    } finally {
      this.#running = false;
    }
  }

  /** A lock that has run out may have been made longer: nothing leaves before WhatsApp was asked. */
  async #confirm(connection: Connection): Promise<void> {
    const question = this.#ports.policy.question();
    if (!question) return;
    await this.#ports.turn(() => this.#ports.write(question));
    this.#ask(connection);
  }

  #ask(connection: Connection): void {
    connection.askLimits().catch((error: unknown) => {
      this.#ports.log.warn(
        { device: this.#hold.device, error: error instanceof Error ? error.name : typeof error },
        "WhatsApp did not say what the account may do",
      );
    });
  }

  /** Launches as many as may leave now. False when none can. */
  async #sendNext(): Promise<boolean> {
    const { connection, room } = this.#inFlight;
    if (!connection || room <= 0) return false;
    // In one turn, so that nobody cancels what is just being taken.
    return this.#ports.turn(() => this.#take(connection, room));
  }

  async #take(connection: Connection, room: number): Promise<boolean> {
    const { clock, policy } = this.#ports;
    const limit = Math.max(1, Math.min(room, this.#bucket.left(clock.monotonic())));
    const found = await this.#next(policy.now(), limit);
    const leaving = [];
    let wait = 0;
    for (const message of found) {
      if (await this.held.holdBack(message)) continue;
      wait = this.#bucket.take(clock.monotonic());
      if (wait > 0) break;
      leaving.push(message);
    }
    if (connection !== this.#inFlight.connection) return false;
    assert(leaving.length <= room, "no more is in flight than there is room for");
    const gone = leaving.map(({ waId }) => waId);
    if (gone.length > 0) await this.#ports.store.messages.take(this.#hold, gone, clock.now());
    for (const message of leaving) this.#inFlight.start(connection, message);
    if (wait === 0) return found.length > 0;
    this.#ready = null; // the rest of what was found
    this.#cancelTimer();
    this.#cancelTimer = clock.after(wait, () => this.wake());
    return false;
  }

  /** What is known is forgotten before the look, so that nothing that is woken meanwhile is missed. */
  async #next(now: number, limit: number): Promise<Message[]> {
    const { messages } = this.#ports.store;
    const { device } = this.#hold;
    if (this.#ready === null) {
      this.#ready = new Set();
      const found = await messages.next(device, now, limit, classOrder(this.#left++));
      if (found.length === limit) this.#ready = null;
      return found;
    }
    const found: Message[] = [];
    for (const chat of this.#ready) {
      if (found.length === limit) break;
      this.#ready.delete(chat);
      const message = await messages.nextIn(device, now, chat);
      // Two of the names may be one person's by now.
      if (message && !found.some(({ id }) => id === message.id)) found.push(message);
    }
    return found;
  }
}
