/** Which WhatsApp Web a device says it is. */
export interface WebVersionFigures {
  /** As WhatsApp counts: `2.3000.1043857760`. */
  version: string;
  /** When it was found to be the present one; null when it never was. Milliseconds since 1970. */
  checkedAt: number | null;
  /** When WhatsApp said that it ends; null when it did not. Milliseconds since 1970. */
  expiresAt: number | null;
  /** Nothing shows that phones still link it: WhatsApp refuses a version that is too old without a word. */
  mayBeTooOld: boolean;
}
