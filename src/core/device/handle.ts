import type { MovedSession, SessionFiles, SessionForm, SessionMover } from "../ports/moving.ts";
import type { Device, DeviceConfiguration, MoveOptions } from "./device.ts";
import type { DeviceStatus } from "../model/device-status.ts";
import type { Principal } from "../model/principal.ts";
import type { PairingCode, Qr } from "../model/linking.ts";
import type { BotEvent } from "../model/events/events.ts";
import { DeviceLifetimes, type UsualDays } from "../access/lifetimes.ts";
import { scopedCalls } from "../access/scoped-calls.ts";
import { namingPeople } from "../people/named-groups.ts";
import { remembering } from "../people/channel-history.ts";
import { type ChannelCalls, channelScopes } from "../ports/channels.ts";
import { type ChatCalls, chatScopes } from "../ports/chats.ts";
import { type CommunityCalls, communityScopes } from "../ports/communities.ts";
import { type GroupCalls, groupScopes } from "../ports/groups.ts";
import { LabelService } from "../people/label-desk.ts";
import { labelScopes } from "../ports/labels.ts";
import { ChatHistory } from "../people/chat-history.ts";
import { type PeopleCalls, peopleScopes } from "../ports/people.ts";
import type { MediaRecord } from "../ports/media.ts";
import type { Upload } from "../media/file-source.ts";
import { BulkService } from "../sending/bulk/bulk-service.ts";
import type { DrafterPorts } from "../sending/drafting/drafter.ts";
import { Failure } from "../base/failure.ts";
import { Outbox } from "../sending/sender/outbox.ts";
import { passkeyRefusal } from "../model/passkey.ts";
import { PasskeyDesk } from "./passkey-desk.ts";
import type { SeenNames } from "../model/person.ts";
import { proxyIn } from "../model/proxy-server.ts";
import { person, phoneNumber, recipient } from "../model/recipient.ts";
import { isUsername } from "../model/username.ts";
import { allows, need } from "../access/scope.ts";
import type { RawReader } from "../ports/raw-reader.ts";
import type { WaysOut } from "../ports/ways-out.ts";
import type { DeviceProxies } from "./device-proxies.ts";
import type { Scope } from "../model/scopes.ts";
import type { CheckReport, NumberChecks } from "../people/number-checks.ts";
import type { Supervisor } from "./supervisor.ts";

/** How long a caller waits for the first QR or code of an attempt. Every API call answers within ten seconds. */
const showMs = 8_000;

const stopFirst =
  'Stop the other server first: two that hold the same keys throw each other out and spoil the sessions. Then send "stopped": true.';

/** Operators read it in a terminal. Throws `invalid`. */
/** Throws `invalid`. It stands in lists with commas and in addresses. */
export function checkGroup(group: string | null): void {
  if (group !== null && !/^[A-Za-z0-9_-]{1,64}$/.test(group))
    throw new Failure("invalid", '"device_group" takes 1 to 64 letters, digits, _ and -, e.g. "jakarta", or null.', {
      field: "device_group",
    });
}

export function checkLabel(label: string | null): void {
  if (label !== null && !/^\P{Cc}{0,100}$/u.test(label))
    throw new Failure("invalid", '"label" takes up to 100 characters, and no control characters.', { field: "label" });
}

/** Of a message that stands in an address. */
const sharedId = (): Failure =>
  new Failure(
    "invalid",
    '"message" is an id that two messages of this chat share: say whose with "from_me" or "sender".',
    { field: "message" },
  );

export interface DeviceHandlePorts extends DrafterPorts {
  numberChecks: NumberChecks;
  readRaw: RawReader;
  proxies: DeviceProxies;
  ways: WaysOut;
  /** What the settings say of how long things are kept. */
  readonly usualDays: () => UsualDays;
  mover: () => Promise<SessionMover>;
}

/** One device as one principal may use it. */
export class DeviceHandle implements Device {
  readonly outbox: Outbox;

  readonly #ports: DeviceHandlePorts;
  readonly #supervisor: Supervisor;
  readonly #principal: Principal;
  readonly #forget: () => Promise<void>;

  constructor(ports: DeviceHandlePorts, supervisor: Supervisor, principal: Principal, forget: () => Promise<void>) {
    this.#ports = ports;
    this.#supervisor = supervisor;
    this.#principal = principal;
    this.#forget = forget;
    this.outbox = new Outbox(ports, supervisor, principal);
  }

  get id(): string {
    return this.#supervisor.record.id;
  }

  status(): DeviceStatus {
    // Who may link a device is told how that stands.
    need(this.#principal, allows(this.#principal, "manage") ? "manage" : "read");
    return this.#standing();
  }

  async start(): Promise<DeviceStatus> {
    this.requireManage();
    await this.#supervisor.start();
    return this.#standing();
  }

  async stop(): Promise<DeviceStatus> {
    this.requireManage();
    await this.#supervisor.stop();
    return this.#standing();
  }

  async logout(): Promise<DeviceStatus> {
    this.requireManage();
    await this.#supervisor.logout();
    return this.#standing();
  }

  async remove(): Promise<void> {
    this.requireManage();
    await this.#supervisor.logout();
    await this.#forget();
  }

  async configure({ label, group, proxy }: DeviceConfiguration): Promise<DeviceStatus> {
    this.requireManage();
    if (label !== undefined) checkLabel(label);
    if (group !== undefined) checkGroup(group);
    const leaves = typeof proxy === "string" ? proxyIn(proxy) : proxy;
    if (leaves) await this.#ports.ways.check(leaves);
    const named = { ...(label !== undefined && { label }), ...(group !== undefined && { group }) };
    if (Object.keys(named).length > 0) await this.#supervisor.note({ events: [], device: named });
    if (leaves !== undefined) {
      await this.#ports.proxies.set({ device: this.#supervisor.record.uid }, leaves);
      await this.#supervisor.reroute();
    }
    return this.#standing();
  }

  async moveIn(
    files: SessionFiles,
    { stopped, dryRun }: MoveOptions,
  ): Promise<Pick<MovedSession, "account" | "report">> {
    this.requireManage();
    if (!stopped && !dryRun) throw new Failure("invalid", stopFirst, { field: "stopped" });
    const moved = (await this.#ports.mover()).read(files);
    if (!dryRun) await this.#supervisor.moveIn(moved);
    return { account: moved.account, report: moved.report };
  }

  async moveOut(passphrase: string, form: SessionForm): Promise<string> {
    need(this.#principal, "admin");
    const mover = await this.#ports.mover();
    return mover.seal(mover.write(await this.#supervisor.moveOut(), form), passphrase);
  }

  async qr(): Promise<Qr> {
    this.requireManage();
    return this.#shown(() => this.#supervisor.showing.qr ?? undefined, "QR code");
  }

  async pairingCode(phone: string): Promise<PairingCode> {
    const digits = phoneNumber(phone);
    this.requireManage();
    await this.#supervisor.linkByCode(digits);
    return this.#shown(() => this.#codeRefusal() ?? this.#supervisor.showing.pairingCode ?? undefined, "pairing code");
  }

  get passkey(): PasskeyDesk {
    return new PasskeyDesk(this.#supervisor, this.#ports.clock, () => this.requireManage());
  }

  async offer(): Promise<DeviceStatus> {
    const { account, phase } = this.status();
    const waits = account === null && (this.#supervisor.wasNeverStarted || phase === "logged_out");
    if (!waits || !allows(this.#principal, "manage")) return this.status();
    // That none came yet is told by how it stands.
    await this.qr().catch(() => {});
    return this.status();
  }

  requireManage(): void {
    need(this.#principal, "manage");
  }

  async upload(file: Upload): Promise<MediaRecord> {
    need(this.#principal, "send");
    const { tenant, uid } = this.#supervisor.record;
    return this.#ports.media.take({ tenant, device: uid }, file);
  }

  async person(who: string, field: string): Promise<string> {
    return this.#byUsername(who, field) ?? person(who, field);
  }

  async chat(which: string, field: string): Promise<string> {
    return this.#byUsername(which, field) ?? recipient(which, field);
  }

  /** Null of what is no username. */
  #byUsername(who: string, field: string): Promise<string> | null {
    return isUsername(who) ? this.outbox.drafter.addressees.jidOf(who, field) : null;
  }

  get groups(): GroupCalls {
    const { people: directory } = this.#supervisor;
    const learn = (names: readonly SeenNames[]) => this.#supervisor.learn(names);
    const calls = this.#calls(groupScopes, () => this.#supervisor.open.groups);
    return namingPeople(calls, { directory, learn });
  }

  get people(): PeopleCalls {
    const calls = this.#calls(peopleScopes, () => this.#supervisor.open.people);
    const { people } = this.#supervisor;
    const identify = async (jid: string) => ({ ...(await calls.identify(jid)), ...(await people.find(jid)) });
    return { ...calls, identify };
  }

  async checkNumbers(phones: readonly string[]): Promise<CheckReport> {
    return this.#ports.numberChecks.report(this.#supervisor, phones, await this.people.check(phones));
  }

  get chats(): ChatCalls {
    return this.#calls(chatScopes, () => this.#supervisor.open.chats);
  }

  get bulk(): BulkService {
    return new BulkService(this.#ports, this.#supervisor, this.#principal, this.outbox.drafter);
  }

  get communities(): CommunityCalls {
    return this.#calls(communityScopes, () => this.#supervisor.open.communities);
  }

  get channels(): ChannelCalls {
    const calls = this.#calls(channelScopes, () => this.#supervisor.open.channels);
    return remembering(calls, (known) => this.#supervisor.note({ events: [], ...known }));
  }

  get labels(): LabelService {
    const { record } = this.#supervisor;
    const { chatHistory } = this;
    return new LabelService({
      labels: this.#ports.store.labels,
      device: record.uid,
      calls: this.#calls(labelScopes, () => this.#supervisor.open.labels),
      need: (scope) => need(this.#principal, scope),
      known: (chat, which) => this.outbox.drafter.known(chat, which, { shared: sharedId }),
      named: (chat) => chatHistory.named(chat),
      remember: (history) => this.#supervisor.note({ events: [], history }),
    });
  }

  get lifetimes(): DeviceLifetimes {
    const { tenant, uid } = this.#supervisor.record;
    const { store, usualDays } = this.#ports;
    return new DeviceLifetimes({
      lifetimes: store.lifetimes,
      usual: usualDays,
      tenant,
      device: uid,
      need: (scope) => need(this.#principal, scope),
    });
  }

  get chatHistory(): ChatHistory {
    const { record } = this.#supervisor;
    return new ChatHistory({
      store: this.#ports.store,
      readRaw: this.#ports.readRaw,
      device: record.uid,
      need: (scope) => need(this.#principal, scope),
      linked: () => record.account !== null,
      people: this.people,
      chats: this.chats,
      tidy: () => this.#supervisor.tidy(),
      known: (chat, which) => this.outbox.drafter.known(chat, which, { shared: sharedId }),
      forgetPeople: () => this.#supervisor.people.forget(),
      cancelChat: (chat) => this.#supervisor.sender.held.cancelChat(chat),
      remember: (history) => this.#supervisor.note({ events: [], history }),
    });
  }

  async portrait(bytes: Blob): Promise<Uint8Array> {
    need(this.#principal, "manage");
    return this.#ports.media.portrait(bytes);
  }

  #calls<T extends { [K in keyof T]: (...given: never[]) => Promise<unknown> }>(
    scopes: Record<keyof T, Scope>,
    open: () => T,
  ): T {
    const { clock } = this.#ports;
    return scopedCalls(
      scopes,
      (scope) => need(this.#principal, scope),
      open,
      (ms, work) => clock.after(ms, work),
    );
  }

  events(after: number, limit: number): Promise<BotEvent[]> {
    need(this.#principal, "read");
    return this.#ports.store.ledger.after(this.#supervisor.record.uid, after, limit);
  }

  async #shown<T>(look: () => T | Failure | undefined, what: string): Promise<T> {
    const { phase } = this.#supervisor.phase;
    // Somebody looks: a pause between rounds of QRs ends.
    const resting = phase === "waiting" && this.#supervisor.record.account === null;
    if (resting || phase === "stopped" || phase === "failed" || phase === "logged_out") await this.#supervisor.start();
    const found = await this.#supervisor.changes.until(() => this.#refusal() ?? look(), showMs, this.#ports.clock);
    if (found === undefined)
      throw new Failure(
        "unavailable",
        `No ${what} available yet: WhatsApp has not answered. Try again in a few seconds.`,
        { retryAfter: 5 },
      );
    if (found instanceof Failure) throw found;
    return found;
  }

  #refusal(): Failure | undefined {
    const { phase } = this.#supervisor.phase;
    if (phase === "connected")
      return new Failure("already_connected", "This device is connected already; log it out to link another account.");
    return passkeyRefusal(phase, this.#supervisor.showing.passkey);
  }

  #codeRefusal(): Failure | undefined {
    const { codeRefused } = this.#supervisor.showing;
    if (codeRefused === null) return undefined;
    return new Failure(
      "refused",
      `WhatsApp gives no pairing code for this number (${codeRefused}). Check that it is the number of a phone with WhatsApp.`,
      { field: "phone_number" },
    );
  }

  #standing(): DeviceStatus {
    const { record, showing, phase } = this.#supervisor;
    // Whoever sees them can link a phone of his own.
    const mayLink = allows(this.#principal, "manage");
    return {
      id: record.id,
      label: record.label,
      group: record.group,
      phase: phase.phase,
      reason: phase.reason,
      since: record.since,
      account: record.account,
      unlinked: record.unlinked && record.lastAccount && { ...record.unlinked, account: record.lastAccount },
      qr: mayLink ? showing.qr : null,
      pairingCode: mayLink ? showing.pairingCode : null,
      passkey: mayLink ? showing.passkey : null,
      lastQrAt: showing.lastQrAt,
      lastPairingCodeAt: showing.lastPairingCodeAt,
      lastConnectAt: record.lastConnectAt,
      proxy: this.#supervisor.proxy,
      offlineQueue: this.#supervisor.offlineQueue,
      missingFiles: this.#supervisor.missingFiles,
      sending: this.#supervisor.sender.figures,
      version: this.#supervisor.version,
    };
  }
}
