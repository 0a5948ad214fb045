import type { Service } from "./base/service.ts";
import { Turns } from "./base/turns.ts";
import type { Budgets, BudgetUse } from "./access/budgets.ts";
import { Administration } from "./access/administration.ts";
import type { App, Workspace } from "./app.ts";
import type { Device } from "./device/device.ts";
import type { DeviceStatus } from "./model/device-status.ts";
import type { Principal } from "./model/principal.ts";
import { EventLog } from "./delivery/event-log.ts";
import type { Feed } from "./delivery/feed.ts";
import type { BotEvent } from "./model/events/events.ts";
import { AlbumWatch } from "./sending/sender/album-watch.ts";
import { BulkWatch } from "./sending/bulk/bulk-watch.ts";
import type { Batch } from "./ports/ledger.ts";
import type { MediaRecord } from "./ports/media.ts";
import type { ManyQuery, MessagePage } from "./ports/messages.ts";
import type { MediaService } from "./media/media-service.ts";
import { checkLabel, DeviceHandle, type DeviceHandlePorts } from "./device/handle.ts";
import { Failure } from "./base/failure.ts";
import type { DrafterPorts } from "./sending/drafting/drafter.ts";
import { operator } from "./access/operator.ts";
import { allows, hears, need, reaches } from "./access/scope.ts";
import { unrestricted } from "./model/account-limits.ts";
import type { DeviceRecord } from "./ports/devices.ts";
import { proxyIn } from "./model/proxy-server.ts";
import { homeTenant } from "./ports/tenants.ts";
import type { Scope } from "./model/scopes.ts";
import type { SessionMover } from "./ports/moving.ts";
import type { RawReader } from "./ports/raw-reader.ts";
import type { Traces } from "./trace/traces.ts";
import { StartQueue } from "./device/start-queue.ts";
import { type Ports, Supervisor } from "./device/supervisor.ts";
import { NumberChecks } from "./people/number-checks.ts";
import { WebhookService } from "./webhooks/webhook-service.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

/** The device that faces without device ids mean. */
export const defaultDevice = "default";

const maxRounds = 3;

export interface BotPorts extends Ports {
  ids: DrafterPorts["ids"];
  budgets: Budgets;
  webhooks: Webhooks;
  traces: Traces;
  readRaw: RawReader;
  usualDays: DeviceHandlePorts["usualDays"];
  mover: () => Promise<SessionMover>;
  beforeSend?: NonNullable<DrafterPorts["beforeSend"]>;
  authenticate: App["authenticate"];
  isKeyUsable: App["isKeyUsable"];
  /** Called after keys were made or revoked. */
  keysChanged: () => Promise<void>;
  /** The number, in digits, that the default device asks a pairing code for when no account is linked to it. */
  pairWith?: string | undefined;
}

/** The bot: every device of every tenant in this process. */
export class Bot implements App, Service {
  readonly authenticate: App["authenticate"];
  readonly isKeyUsable: App["isKeyUsable"];
  readonly #supervisors = new Map<string, Supervisor>();
  readonly #starts: StartQueue;
  readonly #numberChecks: NumberChecks;
  readonly #ending = new AbortController();
  /** The number, in digits, that the default device is linked to by code; undefined links by QR. */
  #pairWith: string | undefined;
  /** Devices are made one after the other. */
  readonly #adding = new Turns();

  readonly #ports: BotPorts;

  private constructor(ports: BotPorts) {
    this.#ports = ports;
    this.#starts = new StartQueue(ports.clock);
    this.#numberChecks = new NumberChecks(ports);
    this.authenticate = ports.authenticate;
    this.isKeyUsable = ports.isKeyUsable;
    ports.webhooks.groupWith((tenant, device) => this.find(tenant, device)?.record.group ?? null);
  }

  /** Loads the devices, all at rest. */
  static async open(ports: BotPorts): Promise<Bot> {
    const bot = new Bot(ports);
    for (const record of await ports.store.devices.list()) await bot.#adopt(record);
    return bot;
  }

  /**
   * Brings every device that is wanted to life, a few at a time. The default device asks for a pairing code for
   * `pairWith` when no account is linked to it.
   */
  async start(): Promise<void> {
    const { pairWith } = this.#ports;
    this.#pairWith = pairWith;
    this.#resumeWanted();
    if (pairWith === undefined) return;
    const home = this.find(homeTenant, defaultDevice) ?? (await this.add(homeTenant, defaultDevice, null));
    home.linkWith = pairWith;
    if (!home.record.account) await home.start(pairWith);
  }

  get media(): MediaService {
    return this.#ports.media;
  }

  /** Asks the phone of a device, by its uid, for a file; see `Connection.renew`. */
  async renew(device: string, remote: string): Promise<string> {
    const supervisor = [...this.#supervisors.values()].find(({ record }) => record.uid === device);
    if (!supervisor) throw new Failure("gone", "The device this file came to is no more.");
    return supervisor.open.renew(remote);
  }

  /** Whether every linked device that is wanted is connected. */
  get isConnected(): boolean {
    const wanted = [...this.#supervisors.values()].filter(
      ({ record }) => record.wanted === "running" && record.account,
    );
    return wanted.every(({ phase }) => phase.phase === "connected");
  }

  as(principal: Principal): Workspace {
    return new BotWorkspace(this, principal);
  }

  administer(principal: Principal): Administration {
    const offlineQueues = () =>
      [...this.#supervisors.values()].map(({ offlineQueue }) => offlineQueue).filter((queue) => queue !== null);
    const workspace = (each: Principal) => this.as(each);
    const rerouted = () => this.reroute();
    const listen = (hear: Parameters<Feed["listen"]>[0]) => this.#ports.feed.listen(hear);
    const ports = { ...this.#ports, audited: false, offlineQueues, workspace, listen, rerouted };
    return new Administration(ports, principal);
  }

  /** Whether what this tenant is told carries links to files. */
  isLinked(tenant: string): boolean {
    return this.#ports.budgets.isLinked(tenant);
  }

  find(tenant: string, id: string): Supervisor | undefined {
    return this.#supervisors.get(key(tenant, id));
  }

  of(tenant: string): Supervisor[] {
    return [...this.#supervisors.values()].filter(({ record }) => record.tenant === tenant);
  }

  /** How every device of every tenant is, for the operator. */
  statuses(): { tenant: string; isWanted: boolean; status: DeviceStatus }[] {
    return [...this.#supervisors.values()].map((supervisor) => {
      const { tenant, wanted, account } = supervisor.record;
      const by = { ...operator("bot"), tenant };
      return {
        tenant,
        isWanted: wanted === "running" && account !== null,
        status: this.handle(supervisor, by).status(),
      };
    });
  }

  async add(tenant: string, id: string, label: string | null): Promise<Supervisor> {
    const now = this.#ports.clock.now();
    const record: DeviceRecord = {
      uid: this.#ports.ids.message(),
      tenant,
      id,
      label,
      group: null,
      wanted: "stopped",
      phase: "stopped",
      reason: "requested",
      since: now,
      account: null,
      lastAccount: null,
      unlinked: null,
      lastConnectAt: null,
      limits: unrestricted,
      restUntil: null,
      createdAt: now,
    };
    await this.#ports.store.devices.create(record);
    return this.#adopt(record);
  }

  async remove(supervisor: Supervisor): Promise<void> {
    await supervisor.shutdown();
    this.#supervisors.delete(key(supervisor.record.tenant, supervisor.record.id));
    await this.#ports.store.devices.remove(supervisor.record.uid);
  }

  desk(tenant: string, by: Principal): WebhookService {
    const { webhooks } = this.#ports;
    const { devices } = by;
    const needed = (scope: Scope): void => need(by, scope);
    const may = { need: needed, manages: allows(by, "manage"), admin: allows(by, "admin") };
    return new WebhookService({ webhooks, tenant, devices, ...may });
  }

  log(by: Principal): EventLog {
    return new EventLog(this.#ports.store.ledger, by, (hear) => this.listen(by, hear));
  }

  handle(supervisor: Supervisor, principal: Principal): Device {
    return new DeviceHandle({ ...this.#ports, numberChecks: this.#numberChecks }, supervisor, principal, () =>
      this.remove(supervisor),
    );
  }

  /** What the principal may hear of. */
  listen(by: Principal, hear: (event: BotEvent) => void): () => void {
    return this.#ports.feed.listen(({ tenant, event }) => {
      if (tenant === by.tenant && hears(by, event)) hear(event);
    });
  }

  /** The device of that name, made when there is none. Throws `limit_reached`. */
  findOrAdd(tenant: string, id: string, label: string | null): Promise<Supervisor> {
    // One after the other, or two at once would both find room for one more.
    return this.#adding.take(async () => {
      const found = this.find(tenant, id);
      if (found) return found;
      await this.#checkRoom(tenant);
      return this.add(tenant, id, label);
    });
  }

  /** Throws `invalid`, `forbidden`. */
  checkProxy(address: string): Promise<void> {
    return this.#ports.ways.check(proxyIn(address));
  }

  /** Devices that leave by another proxy now connect through that. */
  async reroute(): Promise<void> {
    await Promise.all([...this.#supervisors.values()].map((supervisor) => supervisor.reroute()));
  }

  /** What devices, by their uids, sent and are to send. */
  messages(devices: readonly string[], query: ManyQuery): Promise<MessagePage> {
    return this.#ports.store.messages.listMany(devices, query);
  }

  usage(tenant: string): Promise<BudgetUse[]> {
    return this.#ports.budgets.usage(tenant);
  }

  async #checkRoom(tenant: string): Promise<void> {
    const found = await this.#ports.store.tenants.get(tenant);
    if (!found) throw new Failure("not_found", `There is no tenant "${tenant}".`);
    if (found.deviceLimit === null || this.of(tenant).length < found.deviceLimit) return;
    throw new Failure(
      "limit_reached",
      "This tenant has as many devices as it may have; remove one or ask for a higher limit.",
    );
  }

  async stop(): Promise<void> {
    this.#starts.end();
    this.#numberChecks.stop();
    await Promise.all([...this.#supervisors.values()].map((supervisor) => supervisor.shutdown()));
    this.#ending.abort();
  }

  async #adopt(record: DeviceRecord): Promise<Supervisor> {
    const hold = await this.#ports.store.devices.hold(record.uid, this.#ending.signal);
    await this.#ports.store.messages.replan(hold, 0, null);
    const supervisor = new Supervisor(this.#ports, hold, record, record.id === defaultDevice ? null : maxRounds);
    if (record.tenant === homeTenant && record.id === defaultDevice) supervisor.linkWith = this.#pairWith;
    this.#supervisors.set(key(record.tenant, record.id), supervisor);
    const { changes } = supervisor;
    const watched = { ...this.#ports, changes, record: (batch: Batch) => supervisor.note(batch) };
    new BulkWatch(watched, hold).begin();
    const decide = (look: () => Promise<Batch | null>) => supervisor.decide(look);
    new AlbumWatch({ ...watched, decide }, hold).begin();
    return supervisor;
  }

  /**
   * What was never linked waits until somebody asks, but for the devices that show their QR by themselves; the one that
   * is linked by code is started for that.
   */
  #resumeWanted(): void {
    const showsQr = ({ id, tenant }: DeviceRecord) =>
      id === defaultDevice && (tenant !== homeTenant || this.#pairWith === undefined);
    const wanted = [...this.#supervisors.values()].filter(
      ({ record }) => record.wanted === "running" && (record.account !== null || showsQr(record)),
    );
    for (const supervisor of wanted) supervisor.resume(this.#starts);
  }
}

/** What one principal may use of the bot. */
class BotWorkspace implements Workspace {
  readonly tenant: string;
  readonly webhooks: WebhookService;
  readonly log: EventLog;

  readonly #bot: Bot;

  constructor(
    bot: Bot,
    readonly principal: Principal,
  ) {
    this.#bot = bot;
    this.tenant = principal.tenant;
    this.webhooks = bot.desk(this.tenant, principal);
    this.log = bot.log(principal);
  }

  device(id: string): Device {
    const found = reaches(this.principal, id) ? this.#bot.find(this.tenant, id) : undefined;
    if (!found) throw noDevice();
    return this.#bot.handle(found, this.principal);
  }

  devices(): Device[] {
    const reached = this.#bot.of(this.tenant).filter(({ record }) => reaches(this.principal, record.id));
    return reached.map((supervisor) => this.#bot.handle(supervisor, this.principal));
  }

  get hasLinks(): boolean {
    return this.#bot.isLinked(this.tenant);
  }

  async usage(): Promise<BudgetUse[]> {
    need(this.principal, "read");
    return this.#bot.usage(this.tenant);
  }

  async messages(query: ManyQuery): ReturnType<Workspace["messages"]> {
    need(this.principal, "read");
    const reached = this.#bot.of(this.tenant).filter(({ record }) => reaches(this.principal, record.id));
    const ids = new Map(reached.map(({ record }) => [record.uid, record.id]));
    const { messages, next } = await this.#bot.messages([...ids.keys()], query);
    return { messages: messages.map((message) => ({ device: ids.get(message.device) ?? "", message })), next };
  }

  async createDevice(id: string, label?: string, proxy?: string): Promise<Device> {
    if (!reaches(this.principal, id)) throw noDevice();
    need(this.principal, "manage");
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) {
      throw new Failure("invalid", 'A device id takes 1 to 64 letters, digits, _ and -, e.g. "shop-1".', {
        field: "device_id",
      });
    }
    checkLabel(label ?? null);
    const isThere = this.#bot.find(this.tenant, id) !== undefined;
    if (proxy !== undefined && !isThere) await this.#bot.checkProxy(proxy);
    const device = this.#bot.handle(await this.#bot.findOrAdd(this.tenant, id, label ?? null), this.principal);
    if (proxy !== undefined && !isThere) await device.configure({ proxy });
    return device;
  }

  async file(id: string): Promise<{ record: MediaRecord; bytes: () => Promise<Blob> }> {
    need(this.principal, "read");
    const record = await this.#bot.media.find(this.tenant, id);
    if (!record || !this.#reachesUid(record.device)) throw new Failure("not_found", "There is no such file here.");
    return { record, bytes: () => this.#bot.media.bytes(record) };
  }

  listen(hear: (event: BotEvent) => void): () => void {
    need(this.principal, "read");
    return this.#bot.listen(this.principal, hear);
  }

  /** Also of a device that was removed, whose files only those see who see every device. */
  #reachesUid(uid: string): boolean {
    const found = this.#bot.of(this.tenant).find(({ record }) => record.uid === uid);
    return reaches(this.principal, found?.record.id ?? null);
  }
}

const noDevice = () => new Failure("not_found", "Device not found or access denied");

function key(tenant: string, id: string): string {
  return `${tenant}/${id}`;
}
