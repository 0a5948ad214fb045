import type { Account, Unlinked } from "../model/account.ts";
import type { Phase, Reason } from "../model/phase.ts";
import type { AccountLimits } from "../model/account-limits.ts";
import type { Hold } from "./hold.ts";

export interface DeviceRecord {
  /** UUIDv7, ours; names files and rows. */
  uid: string;
  tenant: string;
  /** The id its tenant knows: `^[A-Za-z0-9_-]{1,64}$`, unique in the tenant. */
  id: string;
  label: string | null;
  /** Of devices that belong together, as their tenant calls it. */
  group: string | null;
  /** What its owner wants; the supervisor brings it about, also after a restart. */
  wanted: "running" | "stopped";
  phase: Phase;
  reason: Reason;
  /** Milliseconds since 1970. */
  since: number;
  /** Null until it is linked, and again after a logout. */
  account: Account | null;
  /** The one it was linked to last; it stays after a logout. */
  lastAccount: Account | null;
  /** Why and when `lastAccount` went; null while one is linked, and when none ever was. */
  unlinked: Unlinked | null;
  lastConnectAt: number | null;
  /** What WhatsApp lets the account do. */
  limits: AccountLimits;
  /** While `restricted`: until when WhatsApp is left alone. */
  restUntil: number | null;
  createdAt: number;
}

export type DeviceChange = Partial<
  Pick<
    DeviceRecord,
    | "wanted"
    | "phase"
    | "reason"
    | "since"
    | "account"
    | "lastAccount"
    | "unlinked"
    | "lastConnectAt"
    | "label"
    | "group"
    | "limits"
    | "restUntil"
  >
>;

export interface Devices {
  list(): Promise<DeviceRecord[]>;
  /** Throws `conflict` when the tenant has that id already. */
  create(device: DeviceRecord): Promise<void>;
  /** Takes the device: the epoch rises, every earlier hold is void. */
  hold(uid: string, signal: AbortSignal): Promise<Hold>;
  update(uid: string, change: DeviceChange): Promise<void>;
  /** The device, its messages, events, deliveries and vault. */
  remove(uid: string): Promise<void>;
}
