import type { PairingCode, Qr } from "../model/linking.ts";

/** What a device shows just now for a phone to scan or type, and when it last did. */
export class Showing {
  qr: Qr | null = null;
  pairingCode: PairingCode | null = null;
  lastQrAt: number | null = null;
  lastPairingCodeAt: number | null = null;
  /** WhatsApp's error code, when it gave no pairing code for the number. */
  codeRefused: string | null = null;

  showQr(qr: Qr): void {
    this.qr = qr;
    this.lastQrAt = qr.issuedAt;
  }

  showCode(code: PairingCode): void {
    this.pairingCode = code;
    this.lastPairingCodeAt = code.issuedAt;
  }

  /** Nothing is left to scan or type. */
  clear(): void {
    this.qr = null;
    this.pairingCode = null;
    this.codeRefused = null;
  }
}
