import { isOfThePast, jidOfPhone, keptNames, type Person, type SeenNames } from "../model/person.ts";

/** What follows from names that were seen together. */
export interface Learned {
  /** Those who are not as they were. The first is the one whose names were seen. */
  readonly people: readonly { readonly person: Person; readonly formerly: readonly string[] }[];
  /** Former names of the first one, which lead to them as long as nobody else has them. */
  readonly aliases: readonly string[];
  /** Numbers in another form, which lead to them whoever had them. */
  readonly leading: readonly string[];
}

/** The people who have, or had last, each of the names that were seen. */
export interface Owners {
  readonly phone: Person | null;
  readonly lid: Person | null;
  readonly username: Person | null;
  readonly previous: Person | null;
  /** Whether whoever has the LID had a number, which somebody else has now. */
  readonly lidLostNumber: boolean;
  /** Whether what is past tells no less than what is known: that was learned of the past too. */
  readonly areOfThePast: boolean;
  /** Of the numbers in another form, in their order. */
  readonly also: readonly (Person | null)[];
}

/** The people of one step of learning, while they change. */
class Table {
  readonly #people = new Map<string, { person: Person; formerly: Set<string> }>();

  /** As they are by now, by what they were called at the beginning. */
  now(person: Person): Person {
    return this.#people.get(person.jid)?.person ?? person;
  }

  set(before: Person, person: Person): void {
    const entry = this.#people.get(before.jid) ?? { person: before, formerly: new Set<string>() };
    if (entry.person.jid !== person.jid) entry.formerly.add(entry.person.jid);
    this.#people.set(before.jid, { ...entry, person });
  }

  /** `other` turned out to be `one`. */
  merge(one: Person, other: Person): void {
    const gone = this.#people.get(other.jid);
    const former = new Set([...(gone?.formerly ?? []), gone?.person.jid ?? other.jid]);
    this.#people.delete(other.jid);
    const entry = this.#people.get(one.jid) ?? { person: one, formerly: new Set<string>() };
    for (const jid of former) entry.formerly.add(jid);
    this.#people.set(one.jid, entry);
  }

  changed(first: Person): Learned["people"] {
    const mine = this.#people.get(first.jid);
    const others = [...this.#people.values()].filter((each) => each !== mine);
    return (mine ? [mine, ...others] : others).map(({ person, formerly }) => {
      formerly.delete(person.jid);
      return { person, formerly: [...formerly] };
    });
  }
}

/**
 * Who goes by which names, once some were seen together. A LID is an account, a number is where it can be called: the
 * number moves when both are known otherwise, to where it was told last. What the past tells moves nothing but what the past
 * told too. Who is known by one name alone becomes one with whoever it leads to; two
 * people who are known by both names are never made one, whatever is said of them.
 */
export function learned(seen: SeenNames, owners: Owners): Learned {
  const { phone = null, lid = null, username = null } = seen;
  const table = new Table();
  const isPast = isOfThePast(seen) && !owners.areOfThePast;
  const who = chosen(seen, owners);
  // Nothing is lost by somebody who was never met.
  if (who === null && seen.dropsUsername) return nothing;
  const isNew = who === null;
  const first: Person = who ?? {
    jid: phone === null ? (lid ?? "") : jidOfPhone(phone),
    phone: null,
    lid: null,
    username: null,
  };
  if (first.jid === "") return nothing;
  const aliases = namesOf(seen.previous);
  if (isNew) table.set(first, first);
  for (const [key, value] of [
    ["phone", phone],
    ["lid", lid],
  ] as const) {
    if (value === null) continue;
    const present = table.now(first)[key];
    const isTaken = present !== null && present !== value;
    if (isTaken && isPast) aliases.push(...(owners[key] === null ? [nameOf(key, value)] : []));
    else if (present !== value) assign(table, first, { key, value, owner: owners[key] });
  }
  if (username !== null && table.now(first).username !== username) {
    if (owners.username !== null && owners.username.jid !== first.jid && owners.username.username === username)
      table.set(owners.username, { ...table.now(owners.username), username: null });
    table.set(first, { ...table.now(first), username });
  }
  if (seen.dropsUsername && table.now(first).username !== null)
    table.set(first, { ...table.now(first), username: null });
  const leading = (seen.alsoPhones ?? []).filter((number, place) =>
    leads(table, first, number, { owner: owners.also[place] ?? null, isPast }),
  );
  return { people: table.changed(first), aliases, leading: leading.map(jidOfPhone) };
}

const nothing: Learned = { people: [], aliases: [], leading: [] };

/**
 * A number in another form leads to the person. Who was known by it alone is the same person; who has a LID of their own
 * has the number no more. False when that is a matter of the past.
 */
function leads(
  table: Table,
  first: Person,
  number: string,
  { owner, isPast }: { owner: Person | null; isPast: boolean },
): boolean {
  const other = owner === null || owner.jid === first.jid ? null : table.now(owner);
  if (owner === null || other?.phone !== number) return true;
  if (isPast) return false;
  const now = table.now(first);
  const isSame = other.lid === null;
  if (isSame) table.merge(first, owner);
  else table.set(owner, without(other, "phone"));
  // They are the one whose names were seen, also when only another changes.
  table.set(first, isSame ? { ...now, username: now.username ?? other.username } : now);
  return true;
}

const namesOf = ({ phone = null, lid = null }: NonNullable<SeenNames["previous"]> = {}): string[] =>
  keptNames({ phone, lid, username: null });

const nameOf = (key: "phone" | "lid", value: string): string => (key === "phone" ? jidOfPhone(value) : value);

/** Whose names they are; null of somebody new. */
function chosen({ phone = null, lid = null }: SeenNames, owners: Owners): Person | null {
  const { phone: byPhone, lid: byLid, username: byUsername, previous, lidLostNumber } = owners;
  if (previous !== null) return previous;
  // Those who have the name now, as against those who had it.
  const caller = phone !== null && byPhone?.phone === phone ? byPhone : null;
  const account = lid !== null && byLid?.lid === lid ? byLid : null;
  // An account that had a number is no second name of whoever has it now.
  if (caller && account && caller.jid !== account.jid)
    return account.phone === null && !lidLostNumber ? caller : account;
  if (account ?? caller) return account ?? caller;
  if (phone !== null && lid !== null) return null;
  // A name that somebody had, alone: an old message of theirs, more likely than somebody new.
  return byPhone ?? byLid ?? (phone === null && lid === null ? byUsername : null);
}

interface Assigned {
  key: "phone" | "lid";
  value: string;
  owner: Person | null;
}

/** The person has the name; whoever had it has it no more, or is the same person. */
function assign(table: Table, first: Person, { key, value, owner }: Assigned): void {
  const before = table.now(first);
  const other = owner === null || owner.jid === first.jid ? null : table.now(owner);
  let jid = before[key] !== null && before.jid === nameOf(key, before[key]) ? nameOf(key, value) : before.jid;
  let { username } = before;
  if (owner !== null && other?.[key] === value) {
    const isSame = (key === "phone" ? other.lid : other.phone) === null;
    if (isSame) {
      table.merge(first, owner);
      username ??= other.username;
      // Of two chats the one by number stays.
      if (key === "phone") jid = jidOfPhone(value);
    } else table.set(owner, without(other, key));
  }
  table.set(first, { ...before, [key]: value, jid, username });
}

/** They lost the name, and whatever went by it goes by the other. */
function without(person: Person, key: "phone" | "lid"): Person {
  const left = { ...person, [key]: null };
  const [name = person.jid] = keptNames(left);
  const lost = person[key];
  return { ...left, jid: lost !== null && person.jid === nameOf(key, lost) ? name : person.jid };
}
