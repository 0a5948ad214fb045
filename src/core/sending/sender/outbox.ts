import type { Principal } from "../../model/principal.ts";
import { Drafter, type DrafterPorts, type DraftingDevice } from "../drafting/drafter.ts";
import { Failure } from "../../base/failure.ts";
import { idempotencyOf } from "./idempotency.ts";
import type { Draft, Message, QueueOptions } from "../../model/message/message.ts";
import type { Drafted, Idempotency, MessageFilter, MessagePage } from "../../ports/messages.ts";
import { Addressees } from "../drafting/addressees.ts";
import { momentOf } from "../drafting/schedule.ts";
import { need } from "../../access/scope.ts";
import { needQueue } from "./queue-budget.ts";
import type { Sender } from "./sender.ts";
import type { Watchers } from "../../base/watchers.ts";

/** The device that sends; its messages leave through `sender`. */
export interface SendingDevice extends DraftingDevice {
  readonly sender: Sender;
  /** Resolve when a message of the device changed. */
  readonly changes: Watchers;
}

/** What one principal has a device send, and what became of it. */
export class Outbox {
  readonly drafter: Drafter;

  readonly #ports: DrafterPorts;
  readonly #device: SendingDevice;
  readonly #principal: Principal;

  constructor(ports: DrafterPorts, device: SendingDevice, principal: Principal) {
    this.#ports = ports;
    this.#device = device;
    this.#principal = principal;
    this.drafter = new Drafter(ports, device);
  }

  /** Queues; WhatsApp's answer comes as `message.sent` or `message.failed`. Throws `not_linked`, `queue_full`, `invalid`. */
  async send(draft: Draft, options: QueueOptions = {}): Promise<Message> {
    need(this.#principal, "send");
    const { store, clock, ids } = this.#ports;
    const { uid } = this.#device.record;
    Addressees.check(draft.to);
    // Nothing is drafted for a device without an account, nor told of what it sent before.
    void this.drafter.account;
    const idempotency = await idempotencyOf(this.#principal, options, draft, ids);
    const earlier = idempotency && (await store.messages.repeated(uid, idempotency, clock.now()));
    if (earlier) return earlier;
    return this.#queue(await this.drafter.message(draft, options), idempotency);
  }

  /**
   * Sends again what failed or was taken back, as a message of its own. Throws `conflict` for what is neither or says
   * nothing by itself, `gone` when its words are kept no longer, and as `send`.
   */
  async retry(id: string): Promise<Message> {
    need(this.#principal, "send");
    return this.#queue(await this.drafter.again(await this.message(id)), null);
  }

  async #queue(drafted: Drafted, idempotency: Idempotency | null): Promise<Message> {
    const { files = [] } = drafted;
    const { tenant, uid } = this.#device.record;
    await needQueue(this.#ports.budgets, tenant, [drafted.message, ...files]);
    const { messages } = this.#ports.store;
    const { message, fresh } = await messages.queue(uid, { ...drafted.message, idempotency }, files);
    if (!fresh) return message;
    const { sender } = this.#device;
    const queued = drafted.wait === null ? message : await sender.held.receive(message.id);
    // Behind an album that waits for anything but its moment, its files wait for their turn.
    if (drafted.wait?.reason === "scheduled") for (const { id } of files) await sender.held.receive(id);
    sender.wake(message.chat);
    return queued;
  }

  /** What was sent and is to be sent, newest first. */
  async list(filter: MessageFilter): Promise<MessagePage> {
    need(this.#principal, "read");
    return this.#ports.store.messages.list(this.#device.record.uid, { ...everyMessage, ...filter });
  }

  /** How many that are. */
  async count(filter: Omit<MessageFilter, "limit">): Promise<number> {
    need(this.#principal, "read");
    return this.#ports.store.messages.count(this.#device.record.uid, { ...everyMessage, ...filter, limit: 0 });
  }

  /** Throws `conflict` when it is on its way or settled. */
  async cancel(id: string): Promise<Message> {
    need(this.#principal, "send");
    return this.#device.sender.held.cancel(id);
  }

  /** Sends a waiting message against the governor's advice, or before its moment. Throws `conflict` when it does not wait. */
  async release(id: string): Promise<Message> {
    need(this.#principal, "send");
    return this.#device.sender.held.release(id);
  }

  /** Has a scheduled message leave at another moment, Unix seconds. Throws `invalid`, `conflict`. */
  async reschedule(id: string, sendAt: number): Promise<Message> {
    need(this.#principal, "send");
    const now = this.#ports.clock.now();
    return this.#device.sender.held.reschedule(id, momentOf(sendAt, now) ?? now);
  }

  async message(id: string): Promise<Message> {
    need(this.#principal, "read");
    const message = await this.#ports.store.messages.get(this.#device.record.uid, id);
    if (!message) throw new Failure("not_found", "There is no such message on this device.");
    return message;
  }

  /** The message once it is settled or has to wait, or as it is after `ms`. */
  async settled(id: string, ms: number): Promise<Message> {
    const look = async () => {
      const message = await this.message(id);
      return message.state === "queued" || message.state === "sending" ? undefined : message;
    };
    return (await this.#device.changes.until(look, ms, this.#ports.clock)) ?? this.message(id);
  }
}

const everyMessage = { state: null, reason: null, before: null } as const;
