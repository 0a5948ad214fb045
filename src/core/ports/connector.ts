import type { LoginRefusal } from "../model/login-refusal.ts";
import type { UndecryptableCause } from "../model/message/undecryptable.ts";
import type { ProxyTrouble, WayOut } from "../base/way-out.ts";
import type { ChatCalls } from "./chats.ts";
import type { ChannelCalls } from "./channels.ts";
import type { ChannelPost, PostName } from "../model/message/channel.ts";
import type { CommunityCalls } from "./communities.ts";
import type { EventData, EventType, NewEventData } from "../model/events/events.ts";
import type { GroupCalls } from "./groups.ts";
import type { HistoryChange } from "./history.ts";
import type { LabelCalls } from "./labels.ts";
import type { ReceivedMedia } from "./media.ts";
import type { PeopleCalls } from "./people.ts";
import type { ContactChange } from "./contacts.ts";
import type { DeliveryState, Envelope, Incoming, OutgoingMessage } from "../model/message/message.ts";
import type { OfflineQueueFigures } from "../model/offline-queue.ts";
import type { WebVersionFigures } from "../model/web-version.ts";
import type { SeenNames } from "../model/person.ts";
import type { Origin } from "../model/phase.ts";
import type { Hold } from "./hold.ts";
import type { VaultBatch } from "./vault.ts";
import type { Qr, PairingCode } from "../model/linking.ts";
import type { Account } from "../model/account.ts";
import type { PasskeyCalls, PasskeyCeremony, PasskeyEnd } from "../model/passkey.ts";

/** WhatsApp, as the core sees it. The only adapter is `whatsapp/`; nothing of Baileys passes this line. */
export interface Connector {
  /** Opens a connection for the device that `hold` owns. Returns at once; what happens is heard. */
  open(hold: Hold, hear: Hear, options: ConnectOptions): Connection;
}

export interface ConnectOptions {
  /** Link by pairing code for this number (digits) instead of by QR. */
  pairWith?: string;
  /** The account was linked a moment ago: nothing is asked that can wait. */
  isNew?: boolean;
  /** How everything of this connection leaves: its socket, its files, its questions. */
  way: WayOut;
}

/**
 * Runs `write` with what the device's vault must have in the same transaction: the steps of the ratchets that decrypted the
 * signals. Call it when everything else is at hand. Rejects as `write` does, and then none of it was written.
 */
export type WithVault = <T>(write: (vault: VaultBatch) => Promise<T>) => Promise<T>;

/**
 * Takes signals in the order they happened. Resolves when everything in them that must not be lost is on disk;
 * rejects when it could not be written, and then nothing may be acknowledged to WhatsApp.
 */
export type Hear = (signals: readonly Signal[], withVault?: WithVault) => Promise<void>;

export interface Connection {
  /**
   * The names by which WhatsApp has whom a chat is with, as far as they are known: whoever nobody wrote to yet is asked for.
   * Throws `not_on_whatsapp`, and what asking throws.
   */
  namesOf(chat: string): Promise<readonly string[]>;
  /**
   * Makes what WhatsApp gets for a message, which uploads its file. Kept and sent again as it is, so that every
   * attempt says the same. Throws a Failure other than `unavailable` when it never can be made.
   */
  compose(message: OutgoingMessage): Promise<Uint8Array>;
  /**
   * Encrypts and writes. Nothing leaves before `remembered` has resolved, or when it rejects; then this rejects too. Resolves
   * when the bytes left; whether WhatsApp took them is heard as `ack`.
   */
  send(message: OutgoingMessage, wire: Uint8Array, remembered: Promise<void>): Promise<void>;
  /**
   * Asks the phone to bring the file of a message to WhatsApp again; `remote` is where it was, and where it is then.
   * Throws `gone` when the phone has it no more, `timeout` and `unavailable` when that is not known.
   */
  renew(remote: string): Promise<string>;
  /** Asks WhatsApp whether the account may start new chats; the answer is heard as `time_lock`. Rejects without one. */
  askLimits(): Promise<void>;
  /** The ceremony with the account's passkey; null while none runs. */
  readonly passkey: PasskeyCalls | null;
  /** How far the offline queue has come. */
  readonly offlineQueue: OfflineQueueFigures;
  /** Which WhatsApp Web it says it is. */
  readonly version: WebVersionFigures;
  /** Files of history and of the account's state that were announced and are not here yet. */
  readonly missingFiles: number;
  readonly groups: GroupCalls;
  readonly people: PeopleCalls;
  readonly chats: ChatCalls;
  readonly channels: ChannelCalls;
  readonly communities: CommunityCalls;
  readonly labels: LabelCalls;
  /** Leaves no trace on disk of what is not kept any more. */
  tidy(): Promise<void>;
  /** Tells WhatsApp to unlink this device, then closes. Never rejects: without a connection it just closes. */
  logout(): Promise<void>;
  /** Closes without unlinking. Resolves when nothing of it runs any more; `closed` is not heard. */
  close(): Promise<void>;
}

/** What a connection reports. */
export type Signal =
  | ({ type: "qr" } & Qr)
  | ({ type: "pairing_code" } & PairingCode)
  /** WhatsApp gives no code for that number; `error` is its code. */
  | { type: "pairing_refused"; error: string }
  /** `ceremony`: this server goes along, and stages follow. */
  | { type: "passkey_required"; ceremony: boolean }
  | { type: "passkey_stage"; ceremony: PasskeyCeremony }
  /** It came to nothing; `detail` is for the log. */
  | { type: "passkey_ended"; reason: PasskeyEnd; detail: string }
  | ({ type: "paired" } & Account)
  | ({ type: "open" } & Account)
  /** What WhatsApp tells of the account once it is connected: its name, most of the time a moment later. */
  | ({ type: "account" } & Account)
  /**
   * The connection is over. `code` is WhatsApp's or HTTP's number by `origin`; `detail` is for the log. `delay`, in
   * milliseconds, is when dialling makes sense again, as far as that is known: 0 when the cause is removed. `failure`: what
   * WhatsApp said when it refused the login.
   */
  /** `proxy`: the device's proxy let nothing through. */
  | {
      type: "closed";
      code: number | null;
      origin: Origin;
      detail: string;
      delay?: number;
      failure?: LoginRefusal;
      proxy?: ProxyTrouble["reason"];
    }
  /** `wire` is the message as WhatsApp has it; `remote` is where its file is, if it has one. `late`: it was told
   * before, when it could not be read. */
  | { type: "message"; message: Incoming; wire: Uint8Array; remote: string | null; late?: true }
  | { type: "undecryptable"; message: Envelope; reason: Undecryptable; cause?: UndecryptableCause }
  | { type: "news"; news: AccountEvent }
  /** What is no news, but good to know. */
  | { type: "learned"; contacts: ContactChange[]; history: HistoryChange[]; names?: readonly SeenNames[] }
  /** A post in a channel, or new words for one, since `edited` (milliseconds since 1970). `wire` and `remote` as of a message. */
  | { type: "post"; post: ChannelPost; edited: number | null; wire: Uint8Array; remote: string | null }
  | { type: "post_deleted"; post: PostName; at: number }
  /**
   * WhatsApp's answer to what we sent; `error` is its code, null when it took the message. `otherName`: it may have been about
   * the name that the message went to, and unless the account is locked the next attempt goes by another; `acquaintances`:
   * which has been tried, and is worth a second try only to somebody who wrote lately. `backoff`: for how long nothing more
   * may leave for this chat, in milliseconds.
   */
  | {
      type: "ack";
      waId: string;
      error: string | null;
      at: number;
      serverId?: number;
      otherName?: "strangers" | "acquaintances";
      backoff?: number;
    }
  /** Until when the account may not start new chats; null when it may. Milliseconds since 1970, both. */
  | { type: "time_lock"; until: number | null }
  /** Until when it has no new chats left in its cycle. */
  | { type: "chat_cap"; until: number | null }
  /** This person gave a privacy token, for want of which WhatsApp may have refused a message to them. */
  | { type: "token"; chat: string }
  /** The owner read or played these messages of others on another of their devices. */
  | { type: "seen"; chat: string; waIds: string[]; at: number }
  /** `chat`: where it was read; `participant`: by whom, in a group or of a status post. */
  | { type: "receipt"; chat: string; waIds: string[]; participant: string | null; state: DeliveryState; at: number };

/** Why a message cannot be read (yet). */
export type Undecryptable = EventData<"message.undecryptable">["reason"];

/** What else can happen on an account: told as it is. */
export const newsTypes = [
  "group.joined",
  "group.updated",
  "group.members",
  "group.join_request",
  "community.linked",
  "community.unlinked",
  "channel.post_counts",
  "channel.joined",
  "channel.left",
  "channel.updated",
  "presence",
  "call.received",
  "call.accepted",
  "call.rejected",
  "call.ended",
  "contact.blocked",
  "contact.updated",
  "contact.picture",
  "contact.about",
  "contact.number_changed",
  "label.updated",
  "label.assigned",
  "chat.updated",
  "history.synced",
  "history.refused",
  "history.missing",
  "device.registering",
] as const satisfies readonly EventType[];
export type AccountEventType = (typeof newsTypes)[number];

export type AccountEvent = {
  [T in AccountEventType]: {
    type: T;
    data: NewEventData<T>;
    chat: string | null;
    /** Milliseconds since 1970. */
    at: number;
    /** Names what happened, where WhatsApp may tell it twice. */
    once?: string;
    history?: HistoryChange[];
    media?: ReceivedMedia[];
    contacts?: ContactChange[];
  };
}[AccountEventType];

export type SignalOf<T extends Signal["type"]> = Extract<Signal, { type: T }>;

/** What is true whichever connection tells it, as against what happens to the connection itself. */
const facts: ReadonlySet<Signal["type"]> = new Set([
  "message",
  "undecryptable",
  "ack",
  "receipt",
  "seen",
  "news",
  "learned",
  "post",
  "post_deleted",
  "time_lock",
  "chat_cap",
  "token",
]);

export function isFact(signal: Signal): boolean {
  return facts.has(signal.type);
}
