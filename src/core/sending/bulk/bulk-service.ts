import { breathe } from "../../base/breathe.ts";
import type { Principal } from "../../model/principal.ts";
import { type Bulk, type BulkDraft, type BulkMessageQuery, type BulkPage, type BulkReport } from "../../ports/bulk.ts";
import { located, type Part, partsOf } from "./bulk-parts.ts";
import { RowRefusals } from "./row-refusals.ts";
import type { MediaContent } from "../../model/content/content.ts";
import type { Drafter, DrafterPorts, DraftSources } from "../drafting/drafter.ts";
import { asFailure, Failure } from "../../base/failure.ts";
import { waitMs } from "../../policy/governor.ts";
import { idempotencyOf } from "../sender/idempotency.ts";
import type { Message, QueueOptions } from "../../model/message/message.ts";
import type { Drafted } from "../../ports/messages.ts";
import { need } from "../../access/scope.ts";
import { needQueue } from "../sender/queue-budget.ts";
import type { SendingDevice } from "../sender/outbox.ts";

/** Drafts that are looked at together; between two lots others get their turn. */
const lot = 8;

/** What one principal has a device send to many at once, and what became of it. */
export class BulkService {
  constructor(
    private readonly ports: DrafterPorts,
    private readonly device: SendingDevice,
    private readonly principal: Principal,
    private readonly drafter: Drafter,
  ) {}

  /**
   * Checks everything, then queues all of it or nothing. Throws `invalid` naming what cannot be sent, and
   * `not_linked`, `queue_full`, `idempotency_conflict`.
   */
  async send(asked: BulkDraft, options: Pick<QueueOptions, "idempotencyKey"> = {}): Promise<BulkReport> {
    need(this.principal, "send");
    const { store, clock, ids } = this.ports;
    const { uid } = this.device.record;
    void this.drafter.account;
    const idempotency = idempotencyOf(this.principal, options, asked, ids);
    const earlier = idempotency && (await store.bulks.repeated(uid, idempotency, clock.now()));
    if (earlier) return this.report(earlier);
    // Before the work, and again with the bytes once they are known.
    const count = "to" in asked ? asked.to.length : asked.messages.length;
    await this.ports.budgets.need(this.device.record.tenant, "queued_messages", count);
    await store.bulks.needRoom(uid, count);
    const messages = await this.drafted(asked);
    await needQueue(
      this.ports.budgets,
      this.device.record.tenant,
      messages.map(({ message }) => message),
    );
    const createdAt = clock.now();
    const total = messages.length;
    const made = { id: ids.message(), device: uid, total, createdAt, cancelledAt: null, doneAt: null };
    const { bulk } = await store.bulks.queue(made, messages, idempotency);
    this.device.sender.wake();
    return this.report(bulk);
  }

  async get(id: string): Promise<BulkReport> {
    need(this.principal, "read");
    return this.report(await this.find(id));
  }

  async list(query: { before: number | null; limit: number }): Promise<BulkPage<BulkReport>> {
    need(this.principal, "read");
    const { items, next } = await this.ports.store.bulks.list(this.device.record.uid, query);
    return { items: await Promise.all(items.map((bulk) => this.report(bulk))), next };
  }

  async messages(id: string, query: BulkMessageQuery): Promise<BulkPage<Message>> {
    need(this.principal, "read");
    const { device } = await this.find(id);
    return this.ports.store.bulks.messages(device, id, query);
  }

  /** Takes back what has not left. Throws `conflict` when nothing is left to take back. */
  async cancel(id: string): Promise<BulkReport> {
    need(this.principal, "send");
    const { doneAt } = await this.find(id);
    if (doneAt !== null) throw new Failure("conflict", "This bulk is done: nothing of it is left to be sent.");
    await this.device.sender.cancelBulk(id);
    this.device.changes.notify();
    return this.report(await this.find(id));
  }

  private async drafted(asked: BulkDraft): Promise<Drafted[]> {
    const refusals = new RowRefusals();
    const numberOf = (lid: string) => this.numberOf(lid);
    const parts = await partsOf(asked, this.ports.clock.now(), { refusals, numberOf });
    const sources = memory(this.drafter.sources);
    const made: Drafted[] = [];
    for (let from = 0; from < parts.length; from += lot) {
      const some = parts.slice(from, from + lot);
      const work = await Promise.allSettled(some.map((part) => this.one(part, sources)));
      for (const [at, each] of work.entries()) {
        if (each.status === "fulfilled") made.push(common(each.value, made.at(-1)));
        // What is wrong with the one thing that all of them get is said once.
        else if ("to" in asked) {
          refusals.settle();
          throw each.reason;
        } else refusals.add(some[at]?.place ?? from + at, each.reason);
      }
      await breathe();
    }
    refusals.settle();
    return made;
  }

  private async numberOf(lid: string): Promise<string | null> {
    const found = await this.ports.store.contacts.find(this.device.record.uid, { phone: null, lid });
    const phone = found.find((one) => one.phone !== null)?.phone;
    return phone ? `${phone}@s.whatsapp.net` : null;
  }

  private async one({ draft, name }: Part, sources: DraftSources): Promise<Drafted> {
    try {
      const { message, wait } = await this.drafter.message(draft, { sources });
      if (wait === null || wait.reason === "scheduled") return { message, wait };
      const expiresAt = message.expiresAt ?? this.device.policy.now() + waitMs;
      return { message: { ...message, expiresAt }, wait };
    } catch (error) {
      throw located(asFailure(error), name);
    }
  }

  private async report(bulk: Bulk): Promise<BulkReport> {
    return { bulk, tally: await this.ports.store.bulks.tally(bulk) };
  }

  private async find(id: string): Promise<Bulk> {
    const bulk = await this.ports.store.bulks.get(this.device.record.uid, id);
    if (!bulk) throw new Failure("not_found", "There is no such bulk on this device.");
    return bulk;
  }
}

/** The same, with the very content and context of the one before where they are equal: they are kept once then. */
function common(drafted: Drafted, before: Drafted | undefined): Drafted {
  if (before === undefined) return drafted;
  const { content, context } = before.message;
  const { message } = drafted;
  const shared = {
    ...(JSON.stringify(message.content) === JSON.stringify(content) ? { content } : {}),
    // What somebody is quoted with goes when he is forgotten.
    ...(context && !context.reply_to && JSON.stringify(message.context) === JSON.stringify(context) ? { context } : {}),
  };
  return { ...drafted, message: { ...message, ...shared } };
}

/** Files and cards of links that one bulk may have fetched. */
const mostSources = 100;

/** The same sources, each file and each card fetched once. Throws `invalid` above `mostSources`. */
function memory({ file, preview }: DraftSources): DraftSources {
  const known = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, fetch: () => Promise<T>): Promise<T> => {
    const found = known.get(key) as Promise<T> | undefined;
    if (found) return found;
    if (known.size >= mostSources)
      throw new Failure("invalid", `A bulk takes at most ${mostSources} different files and links.`, {
        field: "content",
      });
    const made = fetch();
    known.set(key, made);
    return made;
  };
  return {
    preview: (text) => once(`preview ${text}`, () => preview(text)),
    async file(draft) {
      const { caption, ...plain } = { caption: undefined, ...draft };
      const made = await once(JSON.stringify(plain), () => file(plain));
      return caption === undefined ? made : ({ ...made, caption } as MediaContent);
    },
  };
}
