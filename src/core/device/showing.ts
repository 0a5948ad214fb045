import type { PairingCode, Qr } from "../model/linking.ts";
import type { PasskeyCeremony } from "../model/passkey.ts";
import type { Phase } from "../model/phase.ts";

/** What a device shows just now for a phone to scan or type, and when it last did. */
export class Showing {
  qr: Qr | null = null;
  pairingCode: PairingCode | null = null;
  lastQrAt: number | null = null;
  lastPairingCodeAt: number | null = null;
  /** WhatsApp's error code, when it gave no pairing code for the number. */
  codeRefused: string | null = null;
  /** The ceremony with the account's passkey, while one runs. */
  passkey: PasskeyCeremony | null = null;

  showQr(qr: Qr): void {
    this.qr = qr;
    this.lastQrAt = qr.issuedAt;
  }

  showCode(code: PairingCode): void {
    this.pairingCode = code;
    this.lastPairingCodeAt = code.issuedAt;
  }

  /** What a device in this phase does not show is gone. */
  entered(phase: Phase): void {
    if (phase !== "passkey_required") this.passkey = null;
    if (phase === "pairing") return;
    this.qr = null;
    this.pairingCode = null;
    this.codeRefused = null;
  }
}
