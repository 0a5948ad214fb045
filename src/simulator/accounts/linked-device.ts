import type { Mailbox } from "../queue/mailbox.ts";
import type { Bundle } from "../signal/bundle.ts";
import { DeviceBase } from "./device.ts";
import type { PreKeyStore } from "./prekey-store.ts";
import type { User } from "./user.ts";

/** A real client that was linked to a user's phone, as the server knows it: public keys only. */
export class LinkedDevice extends DeviceBase {
  readonly kind = "linked";
  readonly keyIndex: number;
  /** The client's static Noise key: a login with another one is refused. */
  readonly noiseKey: Buffer;
  readonly preKeys: PreKeyStore;
  /** The signed device identity (ADV) it answered its pairing with. */
  readonly deviceIdentity: Buffer;
  readonly mailbox: Mailbox;
  /** False until the first login has fetched its queue: then the phone sends keys and history. */
  settled = false;
  removed = false;
  /** Whether it says that somebody is there. */
  isAvailable = false;
  /** Whose presence it asked to be told. */
  readonly subscriptions = new Set<string>();
  /** The name the client announces itself with. */
  pushName: string | undefined;
  /** The presence it chose last. */
  chosen: "available" | "unavailable" | undefined;

  constructor(user: User, id: number, parts: LinkedDeviceParts) {
    super(user, id);
    this.keyIndex = parts.keyIndex;
    this.noiseKey = parts.noiseKey;
    this.preKeys = parts.preKeys;
    this.deviceIdentity = parts.deviceIdentity;
    this.mailbox = parts.mailbox;
  }

  takeBundle(): Bundle {
    return this.preKeys.take();
  }
}

export interface LinkedDeviceParts {
  readonly keyIndex: number;
  readonly noiseKey: Buffer;
  readonly preKeys: PreKeyStore;
  readonly deviceIdentity: Buffer;
  readonly mailbox: Mailbox;
}
