import type { Account, Unlinked } from "./account.ts";
import type { PairingCode, Qr } from "./linking.ts";
import type { PasskeyCeremony } from "./passkey.ts";
import type { OfflineQueueFigures } from "./offline-queue.ts";
import type { ProxyStatus } from "./proxy-server.ts";
import type { SendingFigures } from "./sending-figures.ts";
import type { WebVersionFigures } from "./web-version.ts";
import type { Phase, Reason } from "./phase.ts";

export interface DeviceStatus {
  id: string;
  label: string | null;
  /** Of devices that belong together. */
  group: string | null;
  phase: Phase;
  reason: Reason;
  /** Milliseconds since 1970. */
  since: number;
  account: Account | null;
  /** How the account that was linked last went; null while one is linked, and when none ever was. */
  unlinked: (Unlinked & { account: Account }) | null;
  qr: Qr | null;
  pairingCode: PairingCode | null;
  /** The ceremony with the account's passkey, while one runs. */
  passkey: PasskeyCeremony | null;
  /** When the last QR or code was issued, also when it is gone by now. */
  lastQrAt: number | null;
  lastPairingCodeAt: number | null;
  lastConnectAt: number | null;
  /** The proxy that it leaves by; null: it leaves directly. */
  proxy: ProxyStatus | null;
  /** Null while there is no connection. */
  offlineQueue: OfflineQueueFigures | null;
  /** Files of history and of the account's state that were announced and are not here yet. */
  missingFiles: number;
  sending: SendingFigures;
  /** Which WhatsApp Web it says it is, or said last; null before the first connection. */
  version: WebVersionFigures | null;
}
