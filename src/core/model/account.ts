/** The WhatsApp account behind a linked device. */
export interface Account {
  /** `628…@s.whatsapp.net`, without the device. */
  jid: string;
  lid: string | null;
  name: string | null;
}
