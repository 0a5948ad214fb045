import type { Contact, ContactChange, Contacts } from "../ports/contacts.ts";
import type { NewEvent } from "../model/events/events.ts";

/** What is remembered of having been told, so that a busy chat costs no look into the store. */
const mostSeen = 20_000;

/** Tells what is new about people who are known already: their other name, and what they call themselves. */
export class ContactEvents {
  #seen = new Set<string>();

  readonly #contacts: Pick<Contacts, "find">;
  readonly #device: string;

  constructor(contacts: Pick<Contacts, "find">, device: string) {
    this.#contacts = contacts;
    this.#device = device;
  }

  /** What was told was not written: it is news when it comes again. */
  forget(): void {
    this.#seen = new Set();
  }

  /** What follows from changes that are about to be written. */
  async events(changes: readonly ContactChange[], at: number): Promise<NewEvent[]> {
    const events: NewEvent[] = [];
    /** Not written yet, but known all the same. */
    const met: ContactChange[] = [];
    for (const change of changes) {
      const mark = `${change.phone}|${change.lid}|${change.name}|${change.pushName}`;
      if (this.#seen.has(mark)) continue;
      if (this.#seen.size >= mostSeen) this.#seen = new Set();
      this.#seen.add(mark);
      const known = [...(await this.#contacts.find(this.#device, change)), ...met.filter((one) => same(one, change))];
      if (known.length > 0 && !change.old) events.push(...newsOf(change, known, at));
      if (known.length > 0 || !change.onlyKnown) met.push(change);
    }
    return events;
  }
}

type Known = Omit<Contact, "jid">;

const same = (one: Known, other: Known): boolean =>
  (one.phone !== null && one.phone === other.phone) || (one.lid !== null && one.lid === other.lid);

function newsOf({ phone, lid, pushName }: ContactChange, known: readonly Known[], at: number): NewEvent[] {
  const first = <K extends keyof Known>(key: K): Known[K] | null =>
    known.map((one) => one[key]).find((value) => value !== null) ?? null;
  const events: NewEvent[] = [];
  if (phone !== null && lid !== null && !known.some((one) => one.phone !== null && one.lid !== null)) {
    const data = { phone, jid: `${phone}@s.whatsapp.net`, lid };
    events.push({ type: "contact.resolved", at, chat: null, once: `resolved|${phone}|${lid}`, data });
  }
  if (pushName !== null && pushName !== first("pushName")) {
    const both = { phone: phone ?? first("phone"), lid: lid ?? first("lid") };
    const jid = both.phone === null ? (both.lid ?? "") : `${both.phone}@s.whatsapp.net`;
    const data = { jid, ...both, name: first("name"), push_name: pushName };
    const once = `called|${jid}|${at}|${pushName}`;
    events.push({ type: "contact.updated", at, chat: null, once, data });
  }
  return events;
}
