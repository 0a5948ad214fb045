import { createHash } from "node:crypto";
import { type BinaryNode, encodeWAMessage, type proto, WAMessageAddressingMode } from "@whiskeysockets/baileys";
import { Failure } from "../../core/base/failure.ts";
import { Locks } from "../../core/base/locks.ts";
import { ownFailReasons } from "../../core/model/message/fail-reason.ts";
import { bare, isLid, isStatus } from "../wire/jid.ts";
import { cipherMarks } from "./marks.ts";
import { deviceJid, type Parcel, participantsNode } from "./parcel.ts";
import type { MessageRelay, RelayPorts } from "./message-relay.ts";

type Mode = "lid" | "pn";

/** Whom a message goes to, as the group's members know each other. */
interface Audience {
  readonly mode: Mode;
  /** This device's name there. */
  readonly self: string;
  readonly people: readonly string[];
  readonly attrs: BinaryNode["attrs"];
  readonly beside: readonly BinaryNode[];
}

/** Messages to groups and status posts: one ciphertext for all, and our key for each device that does not have it. */
export class GroupRelay {
  readonly #locks = new Locks();

  readonly #ports: RelayPorts;
  readonly #relay: MessageRelay;

  constructor(ports: RelayPorts, relay: MessageRelay) {
    this.#ports = ports;
    this.#relay = relay;
  }

  send(parcel: Parcel): Promise<void> {
    const { chat } = parcel.message;
    return this.#locks.hold([chat], async () => {
      const audience = await this.#audience(parcel);
      const devices = this.#relay.others(await this.#ports.lists.of(audience.people));
      if (devices.length === 0 && audience.people.length > 1)
        throw new Failure("unavailable", "None of the devices of these people is known now.");
      await this.#renewIfLeft(chat, audience);
      const given = await this.#given(chat);
      const { ciphertext, distribution } = await this.#encrypt(parcel, audience.self);
      // A hosted device takes no part in groups.
      const fresh = devices.filter((device) => !given.has(device) && !isHosted(device));
      const keys = await this.#relay.sealAll(fresh, encodeWAMessage(keyMessage(chat, distribution)), {});
      const enc = { tag: "enc", attrs: { v: "2", type: "skmsg", ...cipherMarks(parcel.marks) }, content: ciphertext };
      const isFirst = [...keys.values()].some((one) => one.isFirst);
      const phash = isStatus(chat) ? {} : { phash: participantHash([...devices, audience.self]) };
      await this.#relay.leave(
        { ...parcel.attrs, ...audience.attrs, ...phash, to: chat },
        [
          ...(keys.size > 0 ? [participantsNode(keys)] : []),
          enc,
          ...this.#relay.deviceIdentity(isFirst),
          ...(await this.#relay.reporting(parcel, chat)),
          ...audience.beside,
          ...parcel.beside,
        ],
        parcel,
      );
      if (!isStatus(chat)) this.#give(chat, [...given, ...keys.keys()]);
    });
  }

  /** Nobody but the device that asked gets it. */
  resend(parcel: Parcel, device: string, count: number): Promise<void> {
    const { chat } = parcel.message;
    return this.#locks.hold([chat], async () => {
      const { self, attrs, beside } = await this.#audience(parcel);
      const distribution = await this.#ports.senderKeys.distribution(chat, self);
      const content = { ...parcel.content, ...keyMessage(chat, distribution) };
      const marks = { ...cipherMarks(parcel.marks), count: String(count) };
      const { enc, isFirst } = await this.#relay.seal(device, encodeWAMessage(content), marks);
      await this.#relay.leave({ ...parcel.attrs, ...attrs, to: chat, participant: device }, [
        enc,
        ...this.#relay.deviceIdentity(isFirst),
        ...beside,
        ...parcel.beside,
      ]);
    });
  }

  async forget(group: string): Promise<void> {
    await this.#locks.hold([group], async () => this.#give(group, []));
  }

  async #audience(parcel: Parcel): Promise<Audience> {
    const { chat, context } = parcel.message;
    const { id, lid } = this.#ports.identity.me;
    const named = (mode: Mode): string => (mode === "lid" && lid !== null ? deviceJid(lid, id) : id);
    if (isStatus(chat)) return this.#statusAudience(parcel, context.audience ?? [], named);
    const group = await this.#ports.groups.known(chat);
    const mode: Mode = group.addressingMode === WAMessageAddressingMode.PN ? "pn" : "lid";
    const self = named(mode);
    const { ephemeralDuration: timer } = group;
    const attrs = { addressing_mode: mode, ...(timer ? { expiration: String(timer) } : {}) };
    const people = [...new Set([...group.participants.map(({ id: jid }) => bare(jid)), bare(self)])];
    return { mode, self, people, attrs, beside: [] };
  }

  /** By the account's own naming; an `addressing_mode` is refused, and so is `meta` with what is no post (479). */
  async #statusAudience(parcel: Parcel, audience: readonly string[], named: (mode: Mode) => string): Promise<Audience> {
    const { addressing } = this.#ports;
    const mode: Mode = (await addressing.isMigrated()) ? "lid" : "pn";
    const self = named(mode);
    const accounts = await addressing.accountsOf(audience);
    const known = [...accounts.values()].filter((jid) => jid !== null);
    if (known.length === 0 && audience.length > 0)
      throw new Failure("refused", ownFailReasons.not_on_whatsapp, { reason: "not_on_whatsapp" });
    const people = await Promise.all(known.map((jid) => this.#named(jid, mode)));
    const isPost = parcel.marks.type !== "reaction" && !["7", "8"].includes(parcel.attrs.edit ?? "");
    const meta = { tag: "meta", attrs: { status_setting: "allowlist" } };
    return { mode, self, people: [...new Set([...people, bare(self)])], attrs: {}, beside: isPost ? [meta] : [] };
  }

  async #named(jid: string, mode: Mode): Promise<string> {
    const name = bare(jid);
    if (isLid(name) === (mode === "lid")) return name;
    return (await this.#ports.addressing.otherNameOf(name)) ?? this.#ports.addressing.nameOf(name);
  }

  #encrypt(parcel: Parcel, self: string): Promise<{ ciphertext: Buffer; distribution: Buffer }> {
    return this.#ports.senderKeys.encrypt(parcel.message.chat, self, encodeWAMessage(parcel.content));
  }

  /** Whoever left could still read what is said with the key that they were given. */
  async #renewIfLeft(group: string, { people, self }: Audience): Promise<void> {
    if (isStatus(group)) return;
    const members = new Set(people);
    const left = [...(await this.#given(group))].some((device) => !members.has(bare(device)));
    if (!left) return;
    await this.#ports.senderKeys.renew(group, self);
    this.#give(group, []);
  }

  /** The devices that have our key of the group. */
  async #given(group: string): Promise<Set<string>> {
    if (isStatus(group)) return new Set();
    const { [group]: given = {} } = await this.#ports.auth().read("sender-key-memory", [group]);
    return new Set(Object.keys(given).filter((device) => given[device]));
  }

  #give(group: string, devices: readonly string[]): void {
    const given = Object.fromEntries(devices.map((device) => [device, true]));
    this.#ports.auth().write({ keys: { "sender-key-memory": { [group]: given } } });
  }
}

const isHosted = (device: string): boolean => device.includes("@hosted") || device.includes(":99@");

const keyMessage = (groupId: string, distribution: Uint8Array): proto.IMessage => ({
  senderKeyDistributionMessage: { groupId, axolotlSenderKeyDistributionMessage: distribution },
});

/** What the server compares with its own list: six bytes over `user.0:device@server` (whatsmeow send.go, 2026-08). */
export function participantHash(devices: readonly string[]): string {
  const names = devices.map((jid) => {
    const [, user, number = "0", server] = /^(\d+)(?::(\d+))?@(.+)$/.exec(jid) ?? [];
    return `${user}.0:${number}@${server}`;
  });
  const hash = createHash("sha256")
    .update([...new Set(names)].toSorted().join(""))
    .digest();
  return `2:${hash.subarray(0, 6).toString("base64")}`;
}
