import type { MessageFilter, Principal } from "./app.ts";
import type { Known } from "./aim.ts";
import type { Clock } from "./clock.ts";
import { isAction } from "./content.ts";
import { prepare } from "./drafting.ts";
import { Failure } from "./failure.ts";
import { lanes } from "./governor.ts";
import type { MediaDesk } from "./media-desk.ts";
import type { Draft, Message, SendOptions } from "./message.ts";
import { recipient } from "./recipient.ts";
import { need } from "./scope.ts";
import { homeTenant, type Store } from "./store.ts";
import type { Supervisor } from "./supervisor.ts";

export interface OutboxPorts {
  store: Store;
  clock: Clock;
  media: MediaDesk;
  /** A new WhatsApp message id, UUIDv7, and SHA-256 in hex. */
  ids: { message(): string; whatsapp(): string; hash(text: string): string };
  /** May alter or refuse what a device of the home tenant is about to send. */
  beforeSend?: (draft: Draft, device: string) => Promise<Draft>;
}

/** What one principal has a device send, and what became of it. */
export class Outbox {
  constructor(
    private readonly ports: OutboxPorts,
    private readonly supervisor: Supervisor,
    private readonly principal: Principal,
  ) {}

  async send(asked: Draft, options: SendOptions = {}): Promise<Message> {
    need(this.principal, "send");
    const { store, clock, ids } = this.ports;
    const { account, uid, tenant, id } = this.supervisor.record;
    const chat = recipient(asked.to);
    if (!account) {
      throw new Failure(
        "not_linked",
        "This device is not linked to WhatsApp yet. Scan its QR code or use a pairing code first.",
      );
    }
    const idempotency = this.idempotency(asked, options);
    const earlier = idempotency && (await store.messages.repeated(uid, idempotency, clock.now()));
    if (earlier) return earlier;
    const hook = options.hooked || tenant !== homeTenant ? undefined : this.ports.beforeSend;
    const draft = hook ? await hook(asked, id) : asked;
    const now = clock.now();
    const { content, context } = await prepare(draft, {
      chat,
      account,
      now,
      find: (from, id) => this.known(from, id),
      file: (file) => this.ports.media.content({ tenant: this.supervisor.record.tenant, device: uid }, file),
      preview: (text) => this.ports.media.preview(text),
    });
    const { restraint, sender } = this.supervisor;
    const verdict = await restraint.verdict(chat);
    const { message, fresh } = await store.messages.queue(uid, {
      id: ids.message(),
      waId: ids.whatsapp(),
      chat,
      content,
      context,
      createdAt: now,
      lane: lanes.indexOf(verdict.lane),
      notBefore: 0,
      expiresAt: asked.max_wait === undefined ? null : restraint.now() + asked.max_wait * 1000,
      idempotency,
    });
    if (!fresh) return message;
    const queued = verdict.go ? message : await sender.waitingRoom.receive(message.id);
    sender.wake(chat);
    return queued;
  }

  async list({ state, limit, cursor }: MessageFilter): Promise<{ messages: Message[]; cursor: string | null }> {
    need(this.principal, "read");
    const before = cursor === undefined ? null : placeOf(cursor);
    const query = { state: state ?? null, before, limit };
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

  /** A message of a chat by WhatsApp's id, or by ours when we sent it. */
  async known(chat: string, id: string): Promise<Known | null> {
    const { messages, history } = this.ports.store;
    const { uid, account } = this.supervisor.record;
    const sent = (await messages.get(uid, id)) ?? (await messages.byWaId(uid, id));
    const said = await history.find(uid, sent?.chat ?? chat, sent?.waId ?? id);
    if (said) return said;
    if (!sent || sent.chat !== chat) return null;
    const { waId, content, context, createdAt: at } = sent;
    const words = isAction(content) ? null : content;
    return { id: waId, sender: account?.jid ?? "", fromMe: true, at, content: words, context };
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
