import type { MessageFilter, Principal } from "./app.ts";
import { Drafter, type DrafterPorts } from "./drafter.ts";
import { Failure } from "./failure.ts";
import type { Draft, Message, SendOptions } from "./message.ts";
import { recipient } from "./recipient.ts";
import { momentOf } from "./schedule.ts";
import { need } from "./scope.ts";
import type { Supervisor } from "./supervisor.ts";

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
    const { store, clock } = this.ports;
    const { uid } = this.supervisor.record;
    recipient(draft.to);
    // Nothing is drafted for a device without an account, nor told of what it sent before.
    void this.drafter.account;
    const idempotency = this.idempotency(draft, options);
    const earlier = idempotency && (await store.messages.repeated(uid, idempotency, clock.now()));
    if (earlier) return earlier;
    const { goes, ...drafted } = await this.drafter.message(draft, options);
    const { message, fresh } = await store.messages.queue(uid, { ...drafted, idempotency });
    if (!fresh) return message;
    const { sender } = this.supervisor;
    const queued = goes ? message : await sender.waitingRoom.receive(message.id);
    sender.wake(message.chat);
    return queued;
  }

  async list({ state, reason, limit, cursor }: MessageFilter): Promise<{ messages: Message[]; cursor: string | null }> {
    need(this.principal, "read");
    const before = cursor === undefined ? null : placeOf(cursor);
    const query = { state: state ?? null, reason: reason ?? null, before, limit };
    const { messages, next } = await this.ports.store.messages.list(this.supervisor.record.uid, query);
    return { messages, cursor: next === null ? null : String(next) };
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

  /** Scoped to the caller's key, so that two programs with one counter do not collide. */
  private idempotency(draft: Draft, { idempotencyKey }: SendOptions): { key: string; bodyHash: string } | null {
    if (idempotencyKey === undefined) return null;
    const caller = this.principal.kind === "admin" ? "admin" : this.principal.key;
    return { key: `${caller}|${idempotencyKey}`, bodyHash: this.ports.ids.hash(JSON.stringify(draft)) };
  }
}

function placeOf(cursor: string): number {
  if (/^[1-9]\d{0,14}$/.test(cursor)) return Number(cursor);
  throw new Failure("invalid", '"cursor" takes what an earlier answer gave as `cursor`.', { field: "cursor" });
}
