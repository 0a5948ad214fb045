import { sha256 } from "../crypto/cipher.ts";
import { type KeyPair, newKeyPair } from "../crypto/curve.ts";
import type { Random } from "../base/random.ts";
import { type Addressing, formatAddress } from "../wire/address.ts";
import { type AppStateKey, Collection } from "../app-state/collection.ts";
import { PhoneHistory } from "./history.ts";
import type { AccountPasskey } from "./passkey.ts";
import type { SimulatedDevice } from "./device.ts";
import type { LinkedDevice } from "./linked-device.ts";
import { VirtualDevice } from "./virtual-device.ts";

/** What a business says of itself; times are minutes after midnight, none of a day that is open all of it. */
export interface BusinessCard {
  readonly description?: string;
  readonly address?: string;
  readonly email?: string;
  readonly websites?: readonly string[];
  readonly categories?: readonly string[];
  readonly hours?: {
    readonly timezone: string;
    readonly days: readonly { readonly day: string; readonly open?: number; readonly close?: number }[];
  };
}

/** An account of the simulated WhatsApp: a phone number, the LID that hides it, a phone and its companions. */
export class User {
  /** Digits only, with country code. */
  readonly number: string;
  lidNumber: string;
  readonly random: Random;
  /** The account key: the phone's identity, which also signs the identities of companions (ADV). */
  accountKey: KeyPair;
  name: string;
  /** Whether the phone shows as online. */
  available = false;
  /** Whether it has moved to LIDs; as the simulator's accounts are when undefined. */
  migrated: boolean | undefined;
  /** The name by which others find it. */
  username: string | undefined;
  /** Without it whoever looks for the username finds nobody: four digits. */
  usernamePin: string | undefined;
  /** Nobody is told its number. */
  isNumberless = false;
  /** Whoever asks for its devices by number is given an empty list. */
  isListedByLidOnly = false;
  /** Whoever asks for it by number is told its LID, and no number. */
  isNamedByLid = false;
  /** Its client is too old for messages by LID: they do not reach it. */
  isLidIncapable = false;
  /** When it went offline, in Unix seconds, or undefined while it never was online. */
  lastSeen: string | undefined;
  phone: VirtualDevice;
  /** Account settings by name. */
  readonly settings = new Map<string, string>();
  picture: Picture | undefined;
  /** Set of a business account. */
  business: BusinessCard | undefined;
  /** Set while the account may not start new chats; the fields are WhatsApp's own. */
  timelock: Timelock | undefined;
  /** Set while the server takes no message of this account: 402 for all, or 403 for those to people. */
  barredBy: "402" | "403" | undefined;
  cap: Cap = { capping_status: "NONE", total_quota: -1, used_quota: 0 };
  /** Whether others may put this account into a group; else it gets an invitation. */
  letsBeAdded = true;
  /** Whether messages of strangers without a token are refused (463). */
  refusesStrangers = false;
  /** Tokens given to other accounts, by which their messages are let in. */
  readonly tokens = new Map<User, Buffer>();
  readonly blocked = new Set<string>();
  /** Set of an account that has a passkey: each companion is asked for it before it is linked. */
  passkey: AccountPasskey | undefined;
  /** What the phone does once the companion's signature is there. */
  passkeyConduct: "answers" | "answers-twice" | "silent" = "answers";
  /** What the phone does when a companion asks for a file that the server lost. */
  fileKeeping: FileKeeping = "uploads";
  /** What it was asked while it was off. */
  readonly fileQuestions: ((keeping: FileKeeping) => void)[] = [];
  readonly history = new PhoneHistory();
  /** The key app state is sealed with; the phone shares it with its companions. */
  readonly appStateKey: AppStateKey;
  readonly #companions = new Map<number, SimulatedDevice>();
  #lastDevice = 0;
  readonly #collections = new Map<string, Collection>();

  /** How often the salt has changed; -1 is without. */
  #saltChanges = 0;

  constructor(number: string, lidNumber: string, name: string, random: Random) {
    this.number = number;
    this.lidNumber = lidNumber;
    this.name = name;
    this.random = random;
    this.accountKey = newKeyPair(random);
    this.appStateKey = { keyId: random.bytes(6), keyData: random.bytes(32) };
    this.phone = new VirtualDevice(this, 0, random, this.accountKey);
  }

  /** Answers what the phone was asked, if it is on. */
  answerFiles(): void {
    if (this.fileKeeping === "off") return;
    for (const answer of this.fileQuestions.splice(0)) answer(this.fileKeeping);
  }

  /** What the account proves by that it may write to strangers (`cstoken`): 32 bytes, or null. The same in every run. */
  get nctSalt(): Buffer | null {
    if (this.#saltChanges < 0) return null;
    return sha256(Buffer.from(`nct salt ${this.number}${"+".repeat(this.#saltChanges)}`));
  }

  /** It gets another one. */
  renewSalt(): void {
    this.#saltChanges = Math.max(0, this.#saltChanges) + 1;
  }

  /** It has none any more. */
  dropSalt(): void {
    this.#saltChanges = -1;
  }

  /** What its phone gives companions to be known by to other services of Meta; the same in every run. */
  get companionMetaNonce(): string {
    return sha256(Buffer.from(`meta nonce ${this.number}`)).toString("base64");
  }

  /** Whether it wants to hear nothing of somebody. */
  hasBlocked(other: User): boolean {
    return this.blocked.has(other.jid()) || this.blocked.has(other.jid("lid"));
  }

  jid(addressing: Addressing = "pn"): string {
    return formatAddress(addressing === "pn" ? this.number : this.lidNumber, addressing);
  }

  /** The phone first, then the companions by age. */
  get devices(): SimulatedDevice[] {
    return [this.phone, ...this.#companions.values()];
  }

  get linked(): LinkedDevice[] {
    return this.devices.filter((device): device is LinkedDevice => device.kind === "linked");
  }

  /** A collection of app state; empty until something is set. */
  collection(name: string): Collection {
    const known = this.#collections.get(name);
    if (known) return known;
    const collection = new Collection(name, this.appStateKey);
    this.#collections.set(name, collection);
    return collection;
  }

  device(id: number): SimulatedDevice | undefined {
    return id === 0 ? this.phone : this.#companions.get(id);
  }

  /** A new phone with a new account key; its companions are gone with the old one. */
  replacePhone(): void {
    this.accountKey = newKeyPair(this.random);
    this.phone = new VirtualDevice(this, 0, this.random, this.accountKey);
    this.#companions.clear();
  }

  /** The id the next companion gets; ids are never used again. */
  nextDeviceId(): number {
    return ++this.#lastDevice;
  }

  add(device: SimulatedDevice): void {
    this.#companions.set(device.id, device);
  }

  remove(id: number): void {
    this.#companions.delete(id);
  }
}

/** What a phone does that is asked for a file again: it uploads it, says that it has it no more, or is off for now. */
export type FileKeeping = "uploads" | "refuses" | "off";

/** Where a profile picture lies. */
export interface Picture {
  readonly id: string;
  readonly url: string;
  readonly direct_path: string;
}

/** A restriction on starting chats; `time_enforcement_ends` in Unix seconds. */
export interface Timelock {
  readonly is_active: boolean;
  readonly time_enforcement_ends?: string;
  readonly enforcement_type?: string;
}

/** How many new chats the account may start in a cycle; -1 is without limit, `cycle_end_timestamp` in Unix seconds. */
export interface Cap {
  readonly capping_status: "NONE" | "FIRST_WARNING" | "SECOND_WARNING" | "CAPPED";
  readonly total_quota?: number;
  readonly used_quota?: number;
  readonly cycle_end_timestamp?: string;
}
