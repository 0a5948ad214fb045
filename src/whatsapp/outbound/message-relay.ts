import {
  type BinaryNode,
  encodeSignedDeviceIdentity,
  encodeWAMessage,
  proto,
  type WASocket,
} from "@whiskeysockets/baileys";
import {
  getMessageReportingToken,
  shouldIncludeReportingToken,
} from "@whiskeysockets/baileys/lib/Utils/reporting-utils.js";
import { Failure } from "../../core/base/failure.ts";
import type { Clock } from "../../core/base/clock.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { Log } from "../../core/base/log.ts";
import type { OutgoingMessage } from "../../core/model/message/message.ts";
import type { GroupCache } from "../account/groups.ts";
import { relayOptions } from "../codec/relay.ts";
import type { AuthState } from "../session/auth-state.ts";
import type { Identity } from "../session/identity.ts";
import type { SenderKeyStore } from "../session/sender-key-store.ts";
import type { SignalStore } from "../session/signal-store.ts";
import type { ServerQueries } from "../wire/server-queries.ts";
import { bare, isGroup, isLid, isStatus } from "../wire/jid.ts";
import type { AccountAddressing } from "./addressing.ts";
import type { DeviceLists } from "./device-lists.ts";
import { GroupRelay } from "./group-relay.ts";
import { cipherMarks, marksOf } from "./marks.ts";
import { copyOf, deviceJid, type Parcel, participantsNode, type Sealed } from "./parcel.ts";
import type { PrivacyTokens } from "./privacy-tokens.ts";
import type { DeviceSessions } from "./device-sessions.ts";

export interface RelayPorts {
  /** The bot's device, for the log. */
  device: string;
  socket: () => WASocket;
  auth: () => AuthState;
  identity: Identity;
  signal: SignalStore;
  senderKeys: SenderKeyStore;
  groups: GroupCache;
  queries: ServerQueries;
  addressing: AccountAddressing;
  lists: DeviceLists;
  sessions: DeviceSessions;
  tokens: PrivacyTokens;
  clock: Clock;
  log: Log;
}

const already = Promise.resolve();
const mostTokenless = 1_000;

/** Brings messages to devices: to a person's and the own ones, or to a group's. */
export class MessageRelay {
  readonly #groups: GroupRelay;
  /** Messages that are being sealed and sent. */
  #sending = 0;
  /** Messages to people that left without a token, since there was none. */
  readonly #tokenless = new Set<string>();

  readonly #ports: RelayPorts;

  constructor(ports: RelayPorts) {
    this.#ports = ports;
    this.#groups = new GroupRelay(ports, this);
  }

  /**
   * `name`: to a person by this one. It is sealed at once, and leaves when `remembered` has resolved. Throws a failure that says
   * whether it passes. Resolves when the bytes left.
   */
  async send(
    message: OutgoingMessage,
    wire: Uint8Array,
    name: string | null = null,
    remembered: Promise<void> = already,
  ): Promise<void> {
    const parcel = { ...this.parcel(message, wire), remembered };
    this.#sending++;
    try {
      if (isGroup(message.chat) || isStatus(message.chat)) return await this.#groups.send(parcel);
      await this.#direct(parcel, name ?? (await this.#ports.addressing.nameOf(message.chat)));
    } finally {
      this.#sending--;
    }
  }

  /** Once more to the one device that could not read it. `count`: how often it has asked. */
  async resend(message: OutgoingMessage, wire: Uint8Array, device: string, count: number): Promise<void> {
    const parcel = this.parcel(message, wire);
    if (isGroup(message.chat) || isStatus(message.chat)) return this.#groups.resend(parcel, device, count);
    const isOwn = this.isOwn(device);
    const to = bare(message.chat);
    const plain = encodeWAMessage(isOwn ? copyOf(parcel.content, to) : parcel.content);
    const { enc, isFirst } = await this.seal(device, plain, { ...cipherMarks(parcel.marks), count: String(count) });
    const attrs = { ...parcel.attrs, to: device, ...(isOwn ? { recipient: to } : {}), device_fanout: "false" };
    const token = isOwn ? [] : await this.#ports.tokens.childFor(device);
    await this.leave(attrs, [enc, ...this.deviceIdentity(isFirst), ...token, ...parcel.beside]);
  }

  /** The group's members are to be given our key anew: what was sent may not have reached them. */
  forgetGroup(group: string): Promise<void> {
    return this.#groups.forget(group);
  }

  /** Whether it left without a privacy token. */
  lackedToken(waId: string): boolean {
    return this.#tokenless.has(waId);
  }

  /** The account's number. */
  get own(): string {
    return bare(this.#ports.identity.me.id);
  }

  /** Whether it names the account, or a device of it. */
  isOwn(jid: string): boolean {
    const { id, lid } = this.#ports.identity.me;
    return bare(jid) === bare(id) || (lid !== null && bare(jid) === bare(lid));
  }

  /** Without this very device. */
  others(devices: readonly string[]): string[] {
    const { id, lid } = this.#ports.identity.me;
    const own = new Set([id, lid === null ? "" : deviceJid(lid, id)]);
    return devices.filter((device) => !own.has(device));
  }

  parcel(message: OutgoingMessage, wire: Uint8Array): Parcel {
    const content = proto.Message.decode(wire);
    const { edit, nodes } = relayOptions(message, this.#ports.clock.now());
    const marks = marksOf(
      content,
      nodes.some(({ tag }) => tag === "biz"),
    );
    const viewOnce = message.context.view_once ? [{ tag: "meta", attrs: { view_once: "true" } }] : [];
    const attrs = { id: message.waId, type: marks.type, ...(edit === undefined ? {} : { edit }) };
    return { message, content, marks, attrs, beside: [...nodes, ...viewOnce] };
  }

  /** For each of the devices that can be written to; the others are left out. */
  async sealAll(
    devices: readonly string[],
    plain: Uint8Array,
    marks: Record<string, string>,
  ): Promise<Map<string, Sealed>> {
    const sealed = new Map<string, Sealed>();
    for (const device of await this.#ports.sessions.ready(devices)) {
      try {
        sealed.set(device, await this.seal(device, plain, marks));
      } catch (error) {
        const name = error instanceof Error ? error.name : typeof error;
        this.#ports.log.warn({ device: this.#ports.device, error: name }, "a device could not be written to");
      }
    }
    return sealed;
  }

  async seal(device: string, plain: Uint8Array, marks: Record<string, string>): Promise<Sealed> {
    const { type, ciphertext } = await this.#ports.signal.encrypt(device, plain);
    return { enc: { tag: "enc", attrs: { v: "2", type, ...marks }, content: ciphertext }, isFirst: type === "pkmsg" };
  }

  deviceIdentity(isNeeded: boolean): BinaryNode[] {
    const { account } = this.#ports.auth().creds;
    if (!isNeeded || !account) return [];
    return [{ tag: "device-identity", attrs: {}, content: encodeSignedDeviceIdentity(account, true) }];
  }

  /** The token by which a reader can report the message. */
  async reporting({ content, attrs }: Parcel, to: string): Promise<BinaryNode[]> {
    if (!content.messageContextInfo?.messageSecret || !shouldIncludeReportingToken(content)) return [];
    const key = { id: attrs.id ?? "", fromMe: true, remoteJid: to };
    const node = await getMessageReportingToken(Buffer.from(proto.Message.encode(content).finish()), content, key);
    return node ? [node] : [];
  }

  async leave(
    attrs: BinaryNode["attrs"],
    content: BinaryNode[],
    { remembered = already }: Partial<Parcel> = {},
  ): Promise<void> {
    // What seals several is written together at the end of the turn.
    if (this.#sending === 1) this.#ports.auth().writeNow();
    await this.#ports.queries.turn();
    await remembered;
    await this.#ports.socket().sendNode({ tag: "message", attrs, content });
  }

  async #direct(parcel: Parcel, to: string): Promise<void> {
    const { addressing, lists, identity, tokens } = this.#ports;
    const { id, lid } = identity.me;
    // One namespace in the whole stanza (whatsapp-rust#730, 2026-06).
    const self = bare(isLid(to) && lid !== null ? lid : id);
    const devices = this.others(await lists.of([to, self]));
    const [own, theirs] = [devices.filter((one) => this.isOwn(one)), devices.filter((one) => !this.isOwn(one))];
    const marks = cipherMarks(parcel.marks);
    const sealed = await this.sealAll(theirs, encodeWAMessage(parcel.content), marks);
    // Empty participants come back as a clean ack and reach nobody.
    if (sealed.size === 0 && !this.isOwn(to)) {
      await lists.forget(to);
      throw new Failure("unavailable", "None of the devices of this person can be written to now.");
    }
    for (const [device, one] of await this.sealAll(own, encodeWAMessage(copyOf(parcel.content, to)), marks))
      sealed.set(device, one);
    const number = isLid(to) ? await addressing.otherNameOf(to) : null;
    const attrs = { ...parcel.attrs, to, ...(number === null || this.isOwn(to) ? {} : { peer_recipient_pn: number }) };
    const isFirst = [...sealed.values()].some((one) => one.isFirst);
    const token = await tokens.childFor(to);
    this.#noteToken(parcel.message.waId, token.length > 0);
    await this.leave(
      attrs,
      [
        participantsNode(sealed),
        ...this.deviceIdentity(isFirst),
        ...(await this.reporting(parcel, to)),
        ...token,
        ...parcel.beside,
      ],
      parcel,
    );
    if (!parcel.content.protocolMessage) tokens.issue(to);
  }

  #noteToken(waId: string, hasOne: boolean): void {
    if (hasOne) this.#tokenless.delete(waId);
    else this.#tokenless.add(waId);
    dropOldest(this.#tokenless, mostTokenless);
  }
}
