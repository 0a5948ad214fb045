export interface Qr {
  /** What the phone's camera must read. */
  qr: string;
  issuedAt: number;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface PairingCode {
  /** `ABCD-EFGH`. */
  code: string;
  /** Digits. */
  phone: string;
  issuedAt: number;
  expiresAt: number;
}
