import { dropOldest } from "../base/drop-oldest.ts";
import { isPersonJid, phoneOfJid } from "../model/recipient.ts";
import {
  isOfThePast,
  jidOfPhone,
  keptNames,
  type NameSource,
  nameOfUsername,
  type Person,
  type PersonNames,
  type SeenNames,
  strangerOf,
} from "../model/person.ts";
import type { PersonChange, Persons } from "../ports/persons.ts";
import { learned, type Owners } from "./learning.ts";

/** Names that are remembered without a look into the store. */
const mostRemembered = 20_000;

/** How a person changed, once names of theirs were seen; null of whoever was not known before. */
export interface PersonNews {
  readonly before: readonly Person[];
  readonly now: Person;
  /** Those who lost a name to them. */
  readonly others: readonly { readonly before: Person; readonly now: Person }[];
}

/**
 * Who is who, for one device. What was learned counts at once, and is written with the next batch:
 *
 *     known ─ learn → staged ─┬─ written → known
 *                             └─ refused → forgotten, as the store has it
 */
export class PersonDirectory {
  readonly #known = new Map<string, Person | null>();
  /** Names that were seen together and were nothing new, as long as nobody changes. */
  readonly #old = new Set<string>();
  /** What is not written yet: people by names of theirs, and by what they were called before. */
  readonly #names = new Map<string, Person>();
  readonly #moved = new Map<string, Person>();
  #staged: PersonChange[] = [];
  /** Pairs that were told by more than the past, as numbers and LIDs. */
  readonly #confirmed = new Set<string>();

  readonly #persons: Pick<Persons, "find" | "sourceOf">;
  readonly #device: string;

  constructor(persons: Pick<Persons, "find" | "sourceOf">, device: string) {
    this.#persons = persons;
    this.#device = device;
  }

  /** By any name: a JID without its device, or `@` and a username. Null of somebody who was never met. */
  async find(name: string): Promise<Person | null> {
    const staged = this.#names.get(name);
    if (staged) return this.#now(staged);
    let found = this.#known.get(name);
    if (found === undefined) {
      found = await this.#persons.find(this.#device, name);
      this.#known.set(name, found);
      dropOldest(this.#known, mostRemembered);
    }
    return found && this.#now(found);
  }

  /** Whoever a JID names; of a group, a channel and the like, itself and no names. */
  async personOf(jid: string): Promise<Person> {
    return (isPersonJid(jid) ? await this.find(jid) : null) ?? strangerOf(jid);
  }

  /** The one name of a chat or person. */
  async nameOf(jid: string): Promise<string> {
    return (await this.personOf(jid)).jid;
  }

  /** Whether two JIDs name one person or chat. */
  async isSame(one: string, other: string): Promise<boolean> {
    return one === other || (await this.nameOf(one)) === (await this.nameOf(other));
  }

  /** Null when it is nothing new. `at`: milliseconds since 1970. */
  async learn(given: SeenNames, at: number): Promise<PersonNews | null> {
    const mark = markOf(given);
    if (mark !== null && this.#old.has(mark)) return null;
    const news = await this.#learned(given, at);
    if (news !== null || mark === null || this.#staged.length > 0) return news;
    this.#old.add(mark);
    dropOldest(this.#old, mostRemembered);
    return null;
  }

  async #learned(given: SeenNames, at: number): Promise<PersonNews | null> {
    const seen = await this.#numbered(given);
    const owners: Owners = {
      phone: seen.phone ? await this.find(jidOfPhone(seen.phone)) : null,
      lid: seen.lid ? await this.find(seen.lid) : null,
      username: seen.username ? await this.find(nameOfUsername(seen.username)) : null,
      previous: await this.#ownerOf(seen.previous),
      lidLostNumber: await this.#lostNumber(seen),
      areOfThePast: isOfThePast(seen) && (await this.#areOfThePast(seen)),
      also: await Promise.all((seen.alsoPhones ?? []).map((number) => this.find(jidOfPhone(number)))),
    };
    const { people, aliases, leading } = learned(seen, owners);
    const [first, ...others] = people;
    const owner = first?.person ?? owners.previous ?? owners.lid ?? owners.phone;
    if (!owner) return null;
    const fresh = [
      ...(await this.#those(aliases, (found) => found === null)),
      ...(await this.#those(leading, (found) => found?.jid !== owner.jid)),
    ];
    if (people.length === 0 && fresh.length === 0) {
      await this.#confirm(seen, owner, at);
      return null;
    }
    const before = new Map(
      [owners.previous, owners.lid, owners.phone, ...owners.also].flatMap((one) =>
        one === null ? [] : [[one.jid, one] as const],
      ),
    );
    const losers = others.flatMap((one) => {
      const was = [...before.values()].find(({ jid }) => isOf(one, jid));
      return was ? [{ before: was, now: one.person }] : [];
    });
    // Whoever has a former name of theirs now was not them.
    const isLoser = (one: Person) => losers.some((each) => each.before === one);
    const theirs = first ? [...before.values()].filter((one) => isOf(first, one.jid) && !isLoser(one)) : [owner];
    const { source } = seen;
    // Whoever loses a name first: whoever gets it is written behind.
    for (const each of others) {
      const lost = losers.some(
        ({ before: was, now }) => now === each.person && was.phone !== null && now.phone === null,
      );
      this.#stage({ ...each, names: keptNames(each.person), source: lost ? "lost_number" : source, at });
    }
    this.#stage({
      person: owner,
      // What was sent to a number in another form goes to their chat.
      formerly: [...(first?.formerly ?? []), ...fresh],
      names: [...new Set([...keptNames(owner), owner.jid, ...fresh])],
      source,
      at,
    });
    return { before: theirs, now: owner, others: losers };
  }

  /** Whether whoever has the LID is without a number because somebody else has theirs. */
  async #lostNumber({ lid = null }: SeenNames): Promise<boolean> {
    const account = lid === null ? null : await this.find(lid);
    if (lid === null || account?.lid !== lid || account.phone !== null) return false;
    return (await this.#sourceOf(lid)) === "lost_number";
  }

  /** Whether nothing but the past says whose the names are that these contradict. */
  async #areOfThePast({ phone = null, lid = null }: SeenNames): Promise<boolean> {
    for (const name of keptNames({ phone, lid, username: null })) {
      const person = await this.find(name);
      if (!person?.phone || !person.lid || (person.phone === phone && person.lid === lid)) continue;
      const theirs = keptNames({ ...person, username: null });
      const sources = await Promise.all(theirs.map((one) => this.#sourceOf(one)));
      if (!sources.includes("history")) return false;
    }
    return true;
  }

  async #sourceOf(name: string): Promise<NameSource | null> {
    const staged = this.#staged.findLast(({ names }) => names.includes(name));
    return staged?.source ?? (await this.#persons.sourceOf(this.#device, name));
  }

  /** What the past told is told by WhatsApp now: from then on the past does not overrule it. */
  async #confirm(seen: SeenNames, person: Person, at: number): Promise<void> {
    const { source, phone = null, lid = null } = seen;
    if (isOfThePast(seen) || phone === null || lid === null) return;
    const pair = `${phone} ${lid}`;
    if (this.#confirmed.has(pair)) return;
    this.#confirmed.add(pair);
    dropOldest(this.#confirmed, mostRemembered);
    const names = keptNames({ phone, lid, username: null });
    const sources = await Promise.all(names.map((name) => this.#sourceOf(name)));
    if (sources.includes("history")) this.#stage({ person, names, formerly: [], source, at });
  }

  /** A number that leads to a LID of which no other number is known is theirs. */
  async #numbered(seen: SeenNames): Promise<SeenNames> {
    const [number, ...others] = seen.alsoPhones ?? [];
    if (number === undefined || seen.phone || !seen.lid || (await this.find(seen.lid))?.phone) return seen;
    return { ...seen, phone: number, alsoPhones: others };
  }

  async #those(names: readonly string[], isMeant: (found: Person | null) => boolean): Promise<string[]> {
    const are = await Promise.all(names.map(async (name) => isMeant(await this.find(name))));
    return names.filter((_, place) => are[place]);
  }

  /** Somebody is written to: the name that they are met under stays theirs. */
  async meet(jid: string, at: number): Promise<void> {
    if (!isPersonJid(jid) || (await this.find(jid)) !== null) return;
    const phone = phoneOfJid(jid);
    await this.learn({ ...(phone === null ? { lid: jid } : { phone }), source: "message" }, at);
  }

  /** What is to be written with the next batch. */
  get staged(): readonly PersonChange[] {
    return this.#staged;
  }

  /** What was staged is in the store. */
  written(): void {
    if (this.#staged.length === 0) return;
    this.#old.clear();
    if (this.#moved.size > 0) this.#known.clear();
    for (const [name, person] of this.#names) this.#known.set(name, this.#now(person));
    dropOldest(this.#known, mostRemembered);
    this.#drop();
  }

  /** What was staged was not written. */
  refused(): void {
    if (this.#staged.length === 0) return;
    this.#known.clear();
    this.#old.clear();
    this.#confirmed.clear();
    this.#drop();
  }

  /** The store was asked to forget people: what is remembered of them is read again. */
  forget(): void {
    this.#known.clear();
    this.#old.clear();
    this.#confirmed.clear();
  }

  #drop(): void {
    this.#staged = [];
    this.#names.clear();
    this.#moved.clear();
  }

  #stage(change: PersonChange): void {
    const { person, names, formerly } = change;
    this.#staged.push(change);
    this.#old.clear();
    for (const jid of [person.jid, ...formerly]) this.#moved.set(jid, person);
    for (const name of names) this.#names.set(name, person);
  }

  /** As they are with all that was staged. */
  #now(person: Person): Person {
    return this.#moved.get(person.jid) ?? person;
  }

  async #ownerOf({ phone = null, lid = null, username = null }: Partial<PersonNames> = {}): Promise<Person | null> {
    for (const name of keptNames({ phone: null, lid, username: null })) {
      const found = await this.find(name);
      if (found) return found;
    }
    for (const name of keptNames({ phone, lid: null, username })) {
      const found = await this.find(name);
      if (found) return found;
    }
    return null;
  }
}

/** Null of what says more than names. */
const markOf = ({ phone = null, lid = null, username = null, ...more }: SeenNames): string | null =>
  more.alsoPhones || more.previous || more.dropsUsername ? null : `${more.source}|${phone}|${lid}|${username}`;

const isOf = ({ person, formerly }: { person: Person; formerly: readonly string[] }, jid: string): boolean =>
  person.jid === jid || formerly.includes(jid);
