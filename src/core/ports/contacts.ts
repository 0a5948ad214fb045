/** A person as they are remembered: one entry, however WhatsApp names them. */
export interface Contact {
  /** What their chat, history and events go by, see `Person`. */
  jid: string;
  /** Digits with country code. */
  phone: string | null;
  lid: string | null;
  username: string | null;
  /** As the owner saved them. */
  name: string | null;
  /** As they call themselves. */
  pushName: string | null;
}

/** What became known of a person; null says nothing. */
export interface ContactChange extends Omit<Contact, "jid" | "username"> {
  username?: string | null;
  /** Says nothing of somebody who is not known yet. */
  onlyKnown?: true;
  /** Of the time before linking: no news to anybody. */
  old?: true;
}

export interface ContactQuery {
  /** Part of a name or number. */
  search: string | null;
  /** The last JID of the page before; null is from the beginning. */
  after: string | null;
  limit: number;
}

export interface Contacts {
  list(device: string, query: ContactQuery): Promise<Contact[]>;
  /** Those who go by one of these names: none, one, or two of whom nobody knew that they are one. */
  find(device: string, names: Pick<Contact, "phone" | "lid">): Promise<Contact[]>;
}
