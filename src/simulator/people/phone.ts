import type { Cap, FileKeeping, Timelock, User } from "../accounts/user.ts";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import { AccountPasskey } from "../accounts/passkey.ts";
import { type AppStateChange, appStateChange, changeAppState, changeTogether, takeSaltAway } from "./app-state.ts";
import type { CollectionName, SyncValue } from "../app-state/collection.ts";
import { normalizeCode } from "../linking/code.ts";
import { type LinkingDemand, type PasskeyOptions, refreshSecret } from "../linking/demands.ts";
import type { Forgery } from "../linking/identity.ts";
import type { Pairing } from "../linking/pairing.ts";
import { PasskeyRound } from "../linking/passkey-round.ts";
import { unlink } from "../linking/unlink.ts";
import type { DeviceConnection } from "../network/connection.ts";
import type { Network } from "../network/network.ts";
import { capNotice, registrationNotice, timelockNotice } from "./notices.ts";
import { addressingOf } from "../wire/address.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import { block } from "./blocks.ts";
import { answerAsMetaAi, askMetaAi, type Question } from "./meta-ai.ts";
import { mappingPayload } from "./migration.ts";
import { SimulatedPerson } from "./person.ts";
import { peerMessage } from "./peer-message.ts";
import type { SentMessages } from "../messages/sent.ts";

export interface LinkOptions {
  /** Sends a forged pairing, which the client must refuse. */
  readonly forgery?: Forgery;
  /** How the options of the passkey come, of an account that has one. */
  readonly passkeyOptions?: PasskeyOptions;
  /** How long to wait for the companion; 30 seconds when left out. */
  readonly timeoutMs?: number;
}

/** A companion as the phone lists it. */
export interface LinkedDeviceInfo {
  readonly jid: string;
  readonly lid: string;
  readonly id: number;
  readonly keyIndex: number;
  readonly online: boolean;
  /** The name the companion announced. */
  readonly pushName: string | undefined;
  /** One-time pre-keys left for it on the server. */
  readonly preKeys: number;
}

/** The phone of an account that clients are linked to. */
export class Phone extends SimulatedPerson {
  /**
   * Scans a QR. Resolves when the companion has logged in after its restart; rejects with a sentence when the QR is no
   * good or the companion breaks off.
   */
  async scan(qrText: string, options: LinkOptions = {}): Promise<LinkedDeviceInfo> {
    const { pairing, content } = this.network.pairings.find(qrText);
    this.network.events.emit({ type: "phone.scanned", phone: this.number });
    this.#assertLinkable(pairing.connection);
    const demand = this.network.demands.take();
    if (demand === "refresh-secret") {
      pairing.retiredSecrets.add(content.advSecret.toString("hex"));
      refreshSecret(pairing.connection, "companion_reg_refresh");
      throw new Error("the server has retired the secret in this QR code; scan the new one");
    }
    if (demand) return this.#demanded(demand, pairing.connection);
    return this.#loggedIn(await this.#taken(pairing, content.advSecret, options), options);
  }

  /** Types a pairing code, once a companion has asked for one. Resolves and rejects as `scan` does. */
  async enterCode(typed: string, options: LinkOptions = {}): Promise<LinkedDeviceInfo> {
    const { network, user } = this;
    const code = normalizeCode(typed);
    const { timeoutMs = 30_000 } = options;
    const request = await network.events.wait(
      () => network.pairings.codes.get(user.number),
      `a client to ask for a pairing code for ${user.number}`,
      timeoutMs,
    );
    const { connection } = request.pairing;
    this.#assertLinkable(connection);
    const demand = network.demands.take();
    if (demand === "refresh-code") {
      network.demands.refreshCode(user.number);
      throw new Error("the server has retired this pairing code; type the new one");
    }
    const finish = request.finish();
    const id = connection.newId();
    connection.expectedAcks.add(id);
    const attrs = { from: "@s.whatsapp.net", type: "link_code_companion_reg", id, t: network.now };
    connection.send(el("notification", attrs, [request.hello(code, user.accountKey)]));
    const secret = request.secret(await finish, user.accountKey);
    if (demand) return this.#demanded(demand, connection);
    return this.#loggedIn(await this.#taken(request.pairing, secret, options), options);
  }

  /** An account with a passkey asks for that first; see `hasPasskey`. */
  #taken(pairing: Pairing, secret: Buffer, options: LinkOptions): Promise<LinkedDevice> {
    const { network, user } = this;
    if (!user.passkey) return network.pairings.link(pairing, user, secret, options.forgery);
    const round = new PasskeyRound(user.passkey, user, pairing, secret, options.forgery);
    network.demands.rounds.set(pairing.connection, round);
    round.demand(options.passkeyOptions ?? "embedded");
    return round.linked;
  }

  /**
   * From now on the account has a passkey, and companions are linked with it only: `scan` and `enterCode` resolve when the
   * whole ceremony has gone well. What is returned signs, or goes into another authenticator.
   */
  hasPasskey(): AccountPasskey {
    return (this.user.passkey ??= new AccountPasskey(this.network.random));
  }

  /** What the phone does in ceremonies from now on, once the signature is there. */
  whenSigned(conduct: User["passkeyConduct"]): void {
    this.user.passkeyConduct = conduct;
  }

  linkedDevices(): LinkedDeviceInfo[] {
    return this.user.linked.map((device) => this.#describe(device));
  }

  /** Removes a companion (all of them when none is named): it is told "device removed" and cannot log in again. */
  async unlink(deviceJid?: string): Promise<void> {
    const devices = this.user.linked.filter((one) => deviceJid === undefined || one.jid() === deviceJid);
    if (devices.length === 0) throw new Error(`${deviceJid ?? "no companion"} is not linked to ${this.number}`);
    for (const device of devices) unlink(this.network, device, "phone");
  }

  /** Somebody registers the number on another phone: the companions are told, and stay linked. */
  isRegisteredAnew(): void {
    for (const device of this.user.linked) this.network.deliver(device, registrationNotice(this.network));
  }

  archives(other: SimulatedPerson, archived = true): void {
    this.changes(appStateChange.archive(other.jid, archived));
  }

  pins(other: SimulatedPerson, pinned = true): void {
    this.changes(appStateChange.pin(other.jid, pinned));
  }

  /** Silences a chat until a time in Unix milliseconds, or no more. */
  mutes(other: SimulatedPerson, until: number | undefined): void {
    this.changes(appStateChange.mute(other.jid, until));
  }

  marksRead(other: SimulatedPerson, read = true): void {
    this.changes(appStateChange.read(other.jid, read));
  }

  /** Blocks somebody, or no longer; its companions are told. */
  blocks(other: SimulatedPerson, blocked = true): void {
    block(this.network, this.user, other.lid, blocked);
  }

  /** What it does from now on when a companion asks for a file that the server lost. */
  whenAskedForFiles(keeping: FileKeeping): void {
    this.user.fileKeeping = keeping;
    this.user.answerFiles();
  }

  /** Reads what somebody said to it; its companions are told. */
  reads({ id, chat, sender }: SentMessages): void {
    const group = this.network.groups.get(chat);
    const by = group?.addressing ?? addressingOf(chat);
    const own = this.user.jid(by);
    const where = group ? { from: group.jid, participant: own } : { from: own, recipient: sender.jid(by) };
    const attrs = { ...where, id, type: "read", t: this.network.now };
    for (const device of this.user.linked) this.network.deliver(device, el("receipt", attrs));
  }

  savesContact(other: SimulatedPerson, fullName: string): void {
    this.changes(appStateChange.contact(other.jid, fullName, other.lid));
  }

  /** Makes a label, or gives one another name and color. */
  makesLabel(id: string, name: string, color = 0): void {
    this.changes(appStateChange.label(id, name, color));
  }

  deletesLabel(id: string): void {
    this.changes(appStateChange.label(id, "", 0, true));
  }

  /** Labels the chat with somebody, or one message in it, or no longer. */
  labels(
    id: string,
    other: SimulatedPerson,
    { message, labeled = true }: { message?: string; labeled?: boolean } = {},
  ): void {
    this.changes(appStateChange.labelUse(id, other.jid, message, labeled));
  }

  renamesItself(name: string): void {
    this.user.name = name;
    this.changes(appStateChange.pushName(name));
  }

  /** Gets another salt for first messages, of which its companions learn by app state. */
  renewsSalt(): void {
    this.user.renewSalt();
    if (this.user.nctSalt) this.changes(appStateChange.nctSalt(this.user.nctSalt));
  }

  /** Loses the salt that it told by app state. */
  losesSalt(): void {
    this.user.dropSalt();
    takeSaltAway(this.network, this.user);
  }

  /** Changes anything that the devices of an account share. */
  changes(change: AppStateChange): void {
    changeAppState(this.network, this.user, change);
  }

  /** Changes several things of which its companions are told in one notice. */
  changesTogether(...changes: AppStateChange[]): void {
    changeTogether(this.network, this.user, changes);
  }

  /** What the devices of this account have set in a collection, by index; read with the phone's key. */
  appState(collection: CollectionName): ReadonlyMap<string, SyncValue> {
    return this.user.collection(collection).values;
  }

  /** The account moves to LIDs now, or back; from then on the server takes the other name in messages. */
  isMigrated(migrated: boolean): void {
    this.user.migrated = migrated;
  }

  /** The account moves to LIDs while its companions are connected: the phone tells them, with every pair it knows. */
  migrates(): void {
    this.user.migrated = true;
    const payload = mappingPayload(this.network, this.user);
    for (const device of this.user.linked) peerMessage(this.network, device, payload);
  }

  /** Asks Meta AI something; its companions get a copy, and the answer by `hearsFromMetaAi`. */
  asksMetaAi(text: string): Question {
    return askMetaAi(this.network, this.user, text);
  }

  /** Meta AI answers; returns the id of the answer. */
  hearsFromMetaAi(question: Question, text: string): string {
    return answerAsMetaAi(this.network, this.user, question, text);
  }

  /** Throws away the one-time pre-keys its companions have on the server, but for `left` of them. */
  losesPreKeys(left = 0): void {
    for (const device of this.user.linked) device.preKeys.drain(left);
  }

  /** The account may not start new chats for a while, or may again; its companions are told, unless `told` is false. */
  restrict(timelock: Timelock | undefined, { told = true }: { told?: boolean } = {}): void {
    this.user.timelock = timelock;
    if (told) this.#tell(timelockNotice);
  }

  /** The server takes no message of the account: 402 for all, 403 for those to people; until it is undefined. */
  bar(code: "402" | "403" | undefined): void {
    this.user.barredBy = code;
  }

  /** The account has used up the new chats of its cycle, or has new ones; its companions are told. */
  cap(cap: Cap): void {
    this.user.cap = cap;
    this.#tell(capNotice);
  }

  #tell(notice: (network: Network, user: User) => Stanza): void {
    for (const device of this.user.linked) this.network.deliver(device, notice(this.network, this.user));
  }

  // The phone says so; the companion hears nothing, and shows its QR on.
  #assertLinkable({ revision }: DeviceConnection): void {
    if (revision < this.network.faults.oldestLinkable)
      throw new Error(`this device cannot be linked: its version ${revision} is too old`);
  }

  #demanded(demand: LinkingDemand, connection: DeviceConnection): never {
    if (demand === "passkey") {
      this.network.demands.passkey(connection);
      throw new Error("WhatsApp demands a passkey of this account");
    }
    throw new Error(`the phone accepted, and nothing came of it (${demand})`);
  }

  #loggedIn(device: LinkedDevice, { timeoutMs = 30_000 }: LinkOptions): Promise<LinkedDeviceInfo> {
    const look = () => (this.network.online.has(device) ? this.#describe(device) : undefined);
    return this.network.events.wait(look, `${device.jid()} to log in after its pairing`, timeoutMs);
  }

  #describe(device: LinkedDevice): LinkedDeviceInfo {
    return {
      jid: device.jid(),
      lid: device.jid("lid"),
      id: device.id,
      keyIndex: device.keyIndex,
      online: this.network.online.has(device),
      pushName: device.pushName,
      preKeys: device.preKeys.count,
    };
  }
}
