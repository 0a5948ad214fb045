import type { Clock } from "../../base/clock.ts";
import type { Connection } from "../../ports/connector.ts";
import { isAction } from "../../model/content/action.ts";
import { Failure } from "../../base/failure.ts";
import type { Log } from "../../base/log.ts";
import { type Message, unanswered } from "../../model/message/message.ts";
import { failed } from "../../policy/message-effects.ts";
import type { Note } from "./gathering.ts";
import { isChannelJid } from "../../model/recipient.ts";
import type { Hold } from "../../ports/hold.ts";

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

export interface InFlightPorts {
  clock: Clock;
  log: Log;
  /** The account's JID. */
  me(): string;
  /** Writes, in a turn that others may share. */
  record(note: Note): Promise<void>;
  /** Something may leave now; in `chat`, where that is known. */
  wake(chat?: string): void;
}

interface Transmission {
  message: Message;
  forget: () => void;
  /** It may have reached WhatsApp. */
  left: boolean;
}

/** Messages on their way to WhatsApp: written to the open connection, not yet acknowledged. */
export class InFlight {
  private open: Connection | null = null;
  private readonly transmissions = new Map<string, Transmission>();
  private readonly attempts = new Map<string, number>();

  constructor(
    private readonly ports: InFlightPorts,
    private readonly hold: Hold,
  ) {}

  get connection(): Connection | null {
    return this.open;
  }

  /** How many more may be on their way. */
  get room(): number {
    return maxInFlight - this.transmissions.size;
  }

  begin(connection: Connection): void {
    this.open = connection;
  }

  /** The connection is gone: what was on its way is forgotten here and queued again when the next one opens. */
  end(): void {
    this.open = null;
    for (const { forget } of this.transmissions.values()) forget();
    this.transmissions.clear();
  }

  /** A message on its way, without asking the store. */
  message(waId: string): Message | null {
    return this.transmissions.get(waId)?.message ?? null;
  }

  /** Not awaited: a file takes its time to upload, and the ack says when each message has arrived. */
  start(connection: Connection, message: Message): void {
    this.transmissions.set(message.waId, { message, forget: () => {}, left: message.reason === unanswered });
    this.transmit(connection, message).catch((error: unknown) => this.failed(connection, message, error));
  }

  /** WhatsApp answered, one way or the other. */
  acknowledged(waId: string): void {
    const transmission = this.transmissions.get(waId);
    transmission?.forget();
    this.attempts.delete(waId);
    if (transmission && this.transmissions.delete(waId)) this.ports.wake(transmission.message.chat);
  }

  private async transmit(connection: Connection, message: Message): Promise<void> {
    const { waId } = message;
    const wire = message.wire ?? (await connection.compose(message));
    if (wire !== message.wire) await this.remember(message, wire);
    const transmission = this.transmissions.get(waId);
    if (!transmission || connection !== this.open) return;
    transmission.forget = this.ports.clock.after(ackMs, () => void this.retry(waId).catch(() => {}));
    transmission.left = true;
    await connection.send(message, wire);
  }

  private async failed(connection: Connection, message: Message, error: unknown): Promise<void> {
    // A closed connection is no fault of the message; it is requeued when the next one opens.
    if (connection !== this.open) return;
    const attempts = (this.attempts.get(message.waId) ?? 0) + 1;
    this.attempts.set(message.waId, attempts);
    this.ports.log.warn(
      {
        device: this.hold.device,
        message: message.id,
        attempts,
        error: error instanceof Error ? error.name : typeof error,
      },
      "a message could not be sent",
    );
    if (error instanceof Failure && passing.has(error.code) && attempts < mostUploads) {
      const again = () => void this.retry(message.waId).catch(() => {});
      const transmission = this.transmissions.get(message.waId);
      if (transmission)
        transmission.forget = this.ports.clock.after(Math.min(longestPauseMs, 500 * 2 ** attempts), again);
      return;
    }
    const lasting = error instanceof Failure && error.code !== "unavailable" && error.code !== "internal";
    if (attempts < maxAttempts && !lasting) return this.retry(message.waId);
    this.acknowledged(message.waId);
    await this.giveUp(message, lasting ? error : null);
  }

  /** Before it leaves: what answers, votes and retries to this message need. */
  private remember({ waId, chat, content, context }: Message, wire: Uint8Array): Promise<void> {
    const at = this.ports.clock.now();
    // Nobody sees who of a channel's admins posted.
    const sender = isChannelJid(chat) ? chat : this.ports.me();
    const said = { id: waId, chat, sender, fromMe: true, pushName: null, at, context, wire };
    return this.ports.record({
      events: [],
      messages: [{ waId, wire, at }],
      history: isAction(content) ? [] : [{ type: "said", said: { ...said, content } }],
    });
  }

  private async retry(waId: string): Promise<void> {
    const transmission = this.transmissions.get(waId);
    transmission?.forget();
    if (!transmission || !this.transmissions.delete(waId)) return;
    const reason = transmission.left ? unanswered : null;
    await this.ports.record({ events: [], messages: [{ waId, state: "queued", reason, at: this.ports.clock.now() }] });
    this.ports.wake();
  }

  private giveUp(message: Message, why: Failure | null): Promise<void> {
    const error = why?.message ?? "The message could not be encrypted or written, three times in a row.";
    return this.ports.record(failed(message, this.ports.clock.now(), why?.code ?? "unavailable", error));
  }
}
