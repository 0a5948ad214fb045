import type { MessageFilter } from "../../app.ts";
import type { Principal } from "../../model/principal.ts";
import { Drafter, type DrafterPorts } from "../drafting/drafter.ts";
import { Failure } from "../../base/failure.ts";
import { idempotencyOf } from "./idempotency.ts";
import type { Draft, Message, SendOptions } from "../../model/message.ts";
import type { MessagePage } from "../../ports/messages.ts";
import { recipient } from "../../model/recipient.ts";
import { momentOf } from "../drafting/schedule.ts";
import { need } from "../../access/scope.ts";
import type { Supervisor } from "../../device/supervisor.ts";

/** What one principal has a device send, and what became of it. */
export class Outbox {
  readonly drafter: Drafter;

  constructor(
    private readonly ports: DrafterPorts,
    private readonly supervisor: Supervisor,
    private readonly principal: Principal,
  ) {
    this.drafter = new Drafter(ports, supervisor);
  }

  async send(draft: Draft, options: SendOptions = {}): Promise<Message> {
    need(this.principal, "send");
    const { store, clock, ids } = this.ports;
    const { uid } = this.supervisor.record;
    recipient(draft.to);
    // Nothing is drafted for a device without an account, nor told of what it sent before.
    void this.drafter.account;
    const idempotency = idempotencyOf(this.principal, options, draft, ids);
    const earlier = idempotency && (await store.messages.repeated(uid, idempotency, clock.now()));
    if (earlier) return earlier;
    const drafted = await this.drafter.message(draft, options);
    const { message, fresh } = await store.messages.queue(uid, { ...drafted.message, idempotency });
    if (!fresh) return message;
    const { sender } = this.supervisor;
    const queued = drafted.wait === null ? message : await sender.waitingRoom.receive(message.id);
    sender.wake(message.chat);
    return queued;
  }

  async list({ state = null, reason = null, before = null, limit }: MessageFilter): Promise<MessagePage> {
    need(this.principal, "read");
    return this.ports.store.messages.list(this.supervisor.record.uid, { state, reason, before, limit });
  }

  async cancel(id: string): Promise<Message> {
    need(this.principal, "send");
    return this.supervisor.sender.waitingRoom.cancel(id);
  }

  async release(id: string): Promise<Message> {
    need(this.principal, "send");
    return this.supervisor.sender.waitingRoom.release(id);
  }

  async reschedule(id: string, sendAt: number): Promise<Message> {
    need(this.principal, "send");
    const now = this.ports.clock.now();
    return this.supervisor.sender.waitingRoom.reschedule(id, momentOf(sendAt, now) ?? now);
  }

  async message(id: string): Promise<Message> {
    need(this.principal, "read");
    const message = await this.ports.store.messages.get(this.supervisor.record.uid, id);
    if (!message) throw new Failure("not_found", "There is no such message on this device.");
    return message;
  }

  async settled(id: string, ms: number): Promise<Message> {
    const look = async () => {
      const message = await this.message(id);
      return message.state === "queued" || message.state === "sending" ? undefined : message;
    };
    return (await this.supervisor.changes.until(look, ms, this.ports.clock)) ?? this.message(id);
  }
}
