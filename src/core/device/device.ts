import type { Outbox } from "../sending/sender/outbox.ts";
import type { PairingCode, Qr } from "../model/linking.ts";
import type { BotEvent } from "../model/events/events.ts";
import type { BulkService } from "../sending/bulk/bulk-service.ts";
import type { ChannelCalls } from "../ports/channels.ts";
import type { ChatCalls } from "../ports/chats.ts";
import type { CommunityCalls } from "../ports/communities.ts";
import type { GroupCalls } from "../ports/groups.ts";
import type { LabelService } from "../people/label-desk.ts";
import type { ChatHistory } from "../people/chat-history.ts";
import type { CheckReport } from "../people/number-checks.ts";
import type { PeopleCalls } from "../ports/people.ts";
import type { MediaRecord } from "../ports/media.ts";
import type { Upload } from "../media/file-source.ts";
import type { DeviceLifetimes } from "../access/lifetimes.ts";
import type { MovedSession, SessionFiles, SessionForm } from "../ports/moving.ts";
import type { DeviceStatus } from "../model/device-status.ts";
import type { PasskeyDesk } from "./passkey-desk.ts";

/** What the owner of a device chooses. */
export interface DeviceConfiguration {
  /** What people know it by; null is nothing. */
  label?: string | null | undefined;
  /** Of devices that belong together; null is none. */
  group?: string | null | undefined;
  /** The address of the proxy that it leaves by, with its password; null: its tenant's, or the server's, or none. */
  proxy?: string | null | undefined;
}

export interface MoveOptions {
  /** The caller's word that the other server is stopped. */
  stopped: boolean;
  /** Only tells what would come along. */
  dryRun: boolean;
}

/** One device, as one principal may use it: the only verbs there are. Each throws `forbidden` without its scope. */
export interface Device {
  readonly id: string;
  status(): DeviceStatus;
  /**
   * Takes over the linked device of another server, from the files of a Baileys folder; then it is to be started. Throws
   * `invalid` for files that are none, and `conflict` while an account is linked.
   */
  moveIn(files: SessionFiles, options: MoveOptions): Promise<Pick<MovedSession, "account" | "report">>;
  /**
   * The linked device as a text that only `passphrase` opens, for another server; who has it is the account. Throws
   * `conflict` unless it is stopped, `invalid` for a short passphrase, `forbidden` for who is no admin.
   */
  moveOut(passphrase: string, form: SessionForm): Promise<string>;
  /** Harmless when running. Resolves when the wish is on disk and acted upon, not when connected. */
  start(): Promise<DeviceStatus>;
  stop(): Promise<DeviceStatus>;
  /** Unlinks from WhatsApp and forgets the credentials; a linked account needs a new scan. */
  logout(): Promise<DeviceStatus>;
  remove(): Promise<void>;
  /** What is not named stays. Throws `invalid`, and `forbidden` for a proxy at an address that is kept closed. */
  configure(change: DeviceConfiguration): Promise<DeviceStatus>;
  /** The present QR, waiting up to a few seconds for the first. Throws `already_connected`, `passkey_required`, `unavailable`. */
  qr(): Promise<Qr>;
  /** A new code for `phone`. Throws `invalid`, `already_connected`, `passkey_required`, `unavailable`. */
  pairingCode(phone: string): Promise<PairingCode>;
  /** The ceremony with the account's passkey, where WhatsApp demands one. */
  readonly passkey: PasskeyDesk;
  /**
   * Shows QRs where none is linked and nobody asked for a stop: resolves with how it stands once the first QR is there,
   * or after a few seconds. Does nothing otherwise, and for a caller who may not link it.
   */
  offer(): Promise<DeviceStatus>;
  /** Throws `forbidden` unless the caller may link it. */
  requireManage(): void;
  /** Takes in a file to be sent by its id. Throws `too_large`, `invalid`. */
  upload(file: Upload): Promise<MediaRecord>;
  /**
   * The JID of a person, however they are named: a username is looked up on WhatsApp. Throws `invalid` naming the field, `refused`
   * when nobody goes by it, and what asking throws.
   */
  person(who: string, field: string): Promise<string>;
  /** The same of whatever chat. */
  chat(which: string, field: string): Promise<string>;
  readonly groups: GroupCalls;
  readonly people: PeopleCalls;
  /** Which numbers WhatsApp knows; what it may not be asked at once is told as `contacts.checked`. Throws `rate_limited`. */
  checkNumbers(phones: readonly string[]): Promise<CheckReport>;
  readonly chats: ChatCalls;
  /** What is sent, and what became of it. */
  readonly outbox: Outbox;
  /** What is sent to many at once. */
  readonly bulk: BulkService;
  readonly channels: ChannelCalls;
  readonly communities: CommunityCalls;
  /** Of a business account. */
  readonly labels: LabelService;
  /** How long it keeps what it has. */
  readonly lifetimes: DeviceLifetimes;
  /** What is remembered of chats and people. */
  readonly chatHistory: ChatHistory;
  /** A picture as profiles and groups show it: a small JPEG. */
  portrait(bytes: Blob): Promise<Uint8Array>;
  /** Logged events after `seq`, oldest first. Throws `gone`. */
  events(after: number, limit: number): Promise<BotEvent[]>;
}
