import type { Device, DeviceStatus, MessageFilter, Principal } from "./app.ts";
import { Auditor } from "./audit.ts";
import type { Clock } from "./clock.ts";
import type { PairingCode, Qr } from "./connector.ts";
import type { BotEvent } from "./events.ts";
import { behind } from "./behind.ts";
import { type ChatCalls, chatScopes } from "./chats.ts";
import { type GroupCalls, groupScopes } from "./groups.ts";
import { Memory } from "./memory.ts";
import { type PeopleCalls, peopleScopes } from "./people.ts";
import type { MediaRecord } from "./media.ts";
import type { Brought, MediaDesk } from "./media-desk.ts";
import { isAction } from "./content.ts";
import type { Known } from "./aim.ts";
import { prepare } from "./drafting.ts";
import { Failure } from "./failure.ts";
import { lanes } from "./governor.ts";
import type { Draft, Message, SendOptions } from "./message.ts";
import { passkeyRefusal } from "./passkey.ts";
import { phoneNumber, recipient } from "./recipient.ts";
import { need } from "./scope.ts";
import { homeTenant, type Scope, type Store } from "./store.ts";
import type { Supervisor } from "./supervisor.ts";

/** How long a caller waits for the first QR or code of an attempt. Every API call answers within ten seconds. */
const showMs = 8_000;

export interface DevicePorts {
  store: Store;
  clock: Clock;
  media: MediaDesk;
  /** A new WhatsApp message id, UUIDv7, and SHA-256 in hex. */
  ids: { message(): string; whatsapp(): string; hash(text: string): string };
  /** May alter or refuse what a device of the home tenant is about to send. */
  beforeSend?: (draft: Draft, device: string) => Promise<Draft>;
}

/** One device as one principal may use it. */
export class DeviceHandle implements Device {
  constructor(
    private readonly ports: DevicePorts,
    private readonly supervisor: Supervisor,
    private readonly principal: Principal,
    private readonly forget: () => Promise<void>,
  ) {}

  get id(): string {
    return this.supervisor.record.id;
  }

  status(): DeviceStatus {
    need(this.principal, "read");
    return this.standing();
  }

  async start(): Promise<DeviceStatus> {
    await this.manage("device.start");
    await this.supervisor.start();
    return this.standing();
  }

  async stop(): Promise<DeviceStatus> {
    await this.manage("device.stop");
    await this.supervisor.stop();
    return this.standing();
  }

  async logout(): Promise<DeviceStatus> {
    await this.manage("device.logout");
    await this.supervisor.logout();
    return this.standing();
  }

  async remove(): Promise<void> {
    await this.manage("device.remove");
    await this.supervisor.logout();
    await this.forget();
  }

  async qr(): Promise<Qr> {
    await this.manage("device.qr");
    return this.shown(() => this.supervisor.showing.qr ?? undefined, "QR code");
  }

  async pairingCode(phone: string): Promise<PairingCode> {
    const digits = phoneNumber(phone);
    await this.manage("device.pairing_code");
    await this.supervisor.linkByCode(digits);
    return this.shown(() => this.codeRefusal() ?? this.supervisor.showing.pairingCode ?? undefined, "pairing code");
  }

  requireManage(): void {
    need(this.principal, "manage");
  }

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

  async messages({ state, limit, cursor }: MessageFilter): Promise<{ messages: Message[]; cursor: string | null }> {
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

  async upload(file: Brought): Promise<MediaRecord> {
    need(this.principal, "send");
    const { tenant, uid } = this.supervisor.record;
    return this.ports.media.take({ tenant, device: uid }, file);
  }

  get groups(): GroupCalls {
    return this.calls(groupScopes, () => this.supervisor.open.groups);
  }

  get people(): PeopleCalls {
    return this.calls(peopleScopes, () => this.supervisor.open.people);
  }

  get chats(): ChatCalls {
    return this.calls(chatScopes, () => this.supervisor.open.chats);
  }

  get memory(): Memory {
    const { record } = this.supervisor;
    return new Memory({
      store: this.ports.store,
      device: record.uid,
      need: (scope) => need(this.principal, scope),
      linked: () => record.account !== null,
      people: this.people,
      chats: this.chats,
      known: (chat, id) => this.known(chat, id),
      remember: (history) => this.supervisor.remember(history),
    });
  }

  portrait(bytes: Blob): Promise<Uint8Array> {
    return this.ports.media.portrait(bytes);
  }

  private calls<T extends { [K in keyof T]: (...given: never[]) => Promise<unknown> }>(
    scopes: Record<keyof T, Scope>,
    open: () => T,
  ): T {
    const { clock } = this.ports;
    return behind(
      scopes,
      (scope) => need(this.principal, scope),
      open,
      (ms, work) => clock.after(ms, work),
    );
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

  events(after: number, limit: number): Promise<BotEvent[]> {
    need(this.principal, "read");
    return this.ports.store.ledger.after(this.supervisor.record.uid, after, limit);
  }

  /** A message of a chat by WhatsApp's id, or by ours when we sent it. */
  private async known(chat: string, id: string): Promise<Known | null> {
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

  private async shown<T>(look: () => T | Failure | undefined, what: string): Promise<T> {
    const { phase } = this.supervisor.phase;
    // Somebody looks: a pause between rounds of QRs ends.
    const resting = phase === "waiting" && this.supervisor.record.account === null;
    if (resting || phase === "stopped" || phase === "failed" || phase === "logged_out") await this.supervisor.start();
    const found = await this.supervisor.changes.until(() => this.refusal() ?? look(), showMs, this.ports.clock);
    if (found === undefined)
      throw new Failure(
        "unavailable",
        `No ${what} available yet: WhatsApp has not answered. Try again in a few seconds.`,
        { retryAfter: 5 },
      );
    if (found instanceof Failure) throw found;
    return found;
  }

  private refusal(): Failure | undefined {
    const { phase } = this.supervisor.phase;
    if (phase === "connected")
      return new Failure("already_connected", "This device is connected already; log it out to link another account.");
    return passkeyRefusal(phase);
  }

  private codeRefusal(): Failure | undefined {
    const { codeRefused } = this.supervisor.showing;
    if (codeRefused === null) return undefined;
    return new Failure(
      "refused",
      `WhatsApp gives no pairing code for this number (${codeRefused}). Check that it is the number of a phone with WhatsApp.`,
      { field: "phone_number" },
    );
  }

  /** Every attempt to connect, disconnect or remove is written down before it is made. */
  private async manage(action: string): Promise<void> {
    need(this.principal, "manage");
    const { tenant, id } = this.supervisor.record;
    await new Auditor(this.ports).note(this.principal, action, tenant, id);
  }

  private standing(): DeviceStatus {
    const { record, showing, phase } = this.supervisor;
    return {
      id: record.id,
      label: record.label,
      phase: phase.phase,
      reason: phase.reason,
      since: record.since,
      account: record.account,
      qr: showing.qr,
      pairingCode: showing.pairingCode,
      lastQrAt: showing.lastQrAt,
      lastPairingCodeAt: showing.lastPairingCodeAt,
      lastConnectAt: record.lastConnectAt,
    };
  }
}

function placeOf(cursor: string): number {
  if (/^[1-9]\d{0,14}$/.test(cursor)) return Number(cursor);
  throw new Failure("invalid", '"cursor" takes what an earlier answer gave as `cursor`.', { field: "cursor" });
}
