import type { Principal } from "../../model/principal.ts";
import {
  type Bulk,
  type BulkDraft,
  type BulkMessageQuery,
  type BulkPage,
  type BulkReport,
  isOnce,
  mostInBulk,
} from "../../ports/bulk.ts";
import { BulkDrafts } from "./bulk-drafts.ts";
import { RowRefusals } from "./row-refusals.ts";
import type { Drafter, DrafterPorts } from "../drafting/drafter.ts";
import { Failure, type RowRefusal } from "../../base/failure.ts";
import { idempotencyOf } from "../sender/idempotency.ts";
import type { Message, QueueOptions } from "../../model/message/message.ts";
import type { NewMessage } from "../../ports/messages.ts";
import { need } from "../../access/scope.ts";
import { needQueue } from "../sender/queue-budget.ts";
import type { SendingDevice } from "../sender/outbox.ts";

/** What a bulk would send. */
export interface BulkCheck {
  /** What each is called in refusals, and what would be queued. */
  messages: { name: string; message: NewMessage }[];
  refused: readonly RowRefusal[];
}

/** What one principal has a device send to many at once, and what became of it. */
export class BulkService {
  readonly #drafts: BulkDrafts;

  readonly #ports: DrafterPorts;
  readonly #device: SendingDevice;
  readonly #principal: Principal;
  readonly #drafter: Drafter;

  constructor(ports: DrafterPorts, device: SendingDevice, principal: Principal, drafter: Drafter) {
    this.#ports = ports;
    this.#device = device;
    this.#principal = principal;
    this.#drafter = drafter;
    this.#drafts = new BulkDrafts(ports, device, drafter);
  }

  /**
   * Checks everything, then queues all of it or nothing. Throws `invalid` naming what cannot be sent, and
   * `not_linked`, `queue_full`, `idempotency_conflict`.
   */
  async send(asked: BulkDraft, options: Pick<QueueOptions, "idempotencyKey"> = {}): Promise<BulkReport> {
    need(this.#principal, "send");
    const { store, clock, ids } = this.#ports;
    const { uid } = this.#device.record;
    // What is no message is said first: linking would not help it.
    if (this.#device.record.account === null) needReadable(asked);
    void this.#drafter.account;
    const idempotency = await idempotencyOf(this.#principal, options, asked, ids);
    const earlier = idempotency && (await store.bulks.repeated(uid, idempotency, clock.now()));
    if (earlier) return this.#report(earlier);
    // Before the work, and again with the bytes once they are known.
    const count = "to" in asked ? asked.to.length : asked.messages.length;
    await this.#ports.budgets.need(this.#device.record.tenant, "queued_messages", count);
    await store.bulks.needRoom(uid, count);
    const refusals = new RowRefusals();
    const drafts = await this.#drafts.of(asked, refusals);
    refusals.settle();
    const messages = drafts.map(({ drafted }) => drafted);
    await needQueue(
      this.#ports.budgets,
      this.#device.record.tenant,
      messages.map(({ message }) => message),
    );
    const createdAt = clock.now();
    const total = messages.length;
    const once = isOnce(asked);
    const made = { id: ids.message(), device: uid, total, createdAt, cancelledAt: null, doneAt: null, once };
    const { bulk } = await store.bulks.queue(made, messages, idempotency);
    this.#device.sender.wake();
    return this.#report(bulk);
  }

  /** What would be sent, and all that is wrong with it. Queues nothing. Throws what is wrong with all of it. */
  async check(asked: BulkDraft): Promise<BulkCheck> {
    need(this.#principal, "send");
    void this.#drafter.account;
    const refusals = new RowRefusals(mostInBulk + 1);
    const drafts = await this.#drafts.of(asked, refusals, { hooked: true });
    const messages = drafts.map(({ name, drafted: { message } }) => ({ name, message }));
    return { messages, refused: refusals.rows };
  }

  async get(id: string): Promise<BulkReport> {
    need(this.#principal, "read");
    return this.#report(await this.#find(id));
  }

  async list(query: { before: number | null; limit: number }): Promise<BulkPage<BulkReport>> {
    need(this.#principal, "read");
    const { items, next } = await this.#ports.store.bulks.list(this.#device.record.uid, query);
    return { items: await Promise.all(items.map((bulk) => this.#report(bulk))), next };
  }

  async messages(id: string, query: BulkMessageQuery): Promise<BulkPage<Message>> {
    need(this.#principal, "read");
    const { device } = await this.#find(id);
    return this.#ports.store.bulks.messages(device, id, query);
  }

  /** Takes back what has not left. Throws `conflict` when nothing is left to take back. */
  async cancel(id: string): Promise<BulkReport> {
    need(this.#principal, "send");
    const { doneAt } = await this.#find(id);
    if (doneAt !== null) throw new Failure("conflict", "This bulk is done: nothing of it is left to be sent.");
    await this.#device.sender.cancelBulk(id);
    this.#device.changes.notify();
    return this.#report(await this.#find(id));
  }

  async #report(bulk: Bulk): Promise<BulkReport> {
    return { bulk, tally: await this.#ports.store.bulks.tally(bulk) };
  }

  async #find(id: string): Promise<Bulk> {
    const bulk = await this.#ports.store.bulks.get(this.#device.record.uid, id);
    if (!bulk) throw new Failure("not_found", "There is no such bulk on this device.");
    return bulk;
  }
}

/** Throws what its caller could not read of it. */
function needReadable(asked: BulkDraft): void {
  const refusals = new RowRefusals();
  for (const [place, message] of ("to" in asked ? [] : asked.messages).entries())
    if (message instanceof Failure) refusals.add(place, message);
  refusals.settle();
}
