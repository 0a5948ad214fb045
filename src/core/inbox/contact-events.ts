import type { Contact, ContactChange, Contacts } from "../ports/contacts.ts";
import type { NewEvent } from "../model/events/events.ts";
import { jidOfPhone } from "../model/person.ts";

/** What is remembered of having been told, so that a busy chat costs no look into the store. */
const mostSeen = 20_000;

/** Tells what people who are known already call themselves now. */
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
      const found = await this.#contacts.find(this.#device, change);
      const known: Known[] = [...found, ...met.filter((one) => same(one, change))];
      if (known.length > 0 && !change.old) events.push(...newsOf(change, known, at));
      if (known.length > 0 || !change.onlyKnown) met.push(change);
    }
    return events;
  }
}

type Known = Pick<Contact, "phone" | "lid" | "name" | "pushName">;

const same = (one: Known, other: Known): boolean =>
  (one.phone !== null && one.phone === other.phone) || (one.lid !== null && one.lid === other.lid);

function newsOf(
  { phone, lid, pushName, username = null }: ContactChange,
  known: readonly Known[],
  at: number,
): NewEvent[] {
  const first = <K extends keyof Known>(key: K): Known[K] | null =>
    known.map((one) => one[key]).find((value) => value !== null) ?? null;
  if (pushName === null || pushName === first("pushName")) return [];
  const both = { phone: phone ?? first("phone"), lid: lid ?? first("lid"), username };
  const jid = both.phone === null ? (both.lid ?? "") : jidOfPhone(both.phone);
  const data = { jid, ...both, name: first("name"), push_name: pushName, changed: ["push_name" as const] };
  const once = `called|${jid}|${at}|${pushName}`;
  return [{ type: "contact.updated", at, chat: null, once, data }];
}
