import { expect } from "bun:test";
import type { Person } from "../../src/core/model/person.ts";
import type { PersonChange } from "../../src/core/ports/persons.ts";
import { held, outgoing } from "../store/house.ts";
import { holds, type Open } from "./grounds.ts";

const jidOf = (place: number): string => `62812${1_000_000 + place}@s.whatsapp.net`;
const lidOf = (place: number): string => `84${1_000_000 + place}@lid`;

async function scene(open: Open) {
  const { store } = await open();
  const hold = await held(store);
  const met = async (place: number, more: Partial<PersonChange> = {}, username: string | null = null) => {
    const [jid, lid] = [jidOf(place), lidOf(place)];
    const person: Person = { jid, phone: jid.split("@")[0] ?? "", lid, username };
    const names = [jid, lid, ...(username === null ? [] : [`@${username}`])];
    const people = [{ person, names, formerly: [], source: "roster" as const, at: 100 + place, ...more }];
    await store.ledger.record(hold, { events: [], people });
  };
  const isKnown = async (place: number) => (await store.persons.find("d1", lidOf(place))) !== null;
  const known = async (count: number) => {
    const all = await Promise.all(Array.from({ length: count }, async (_, place) => isKnown(place)));
    return all.flatMap((is, place) => (is ? [place] : []));
  };
  return { store, hold, met, known };
}

holds("up to the limit everybody stays; one more, and the oldest strangers go", async (open) => {
  const { store, met, known } = await scene(open);
  for (let place = 0; place < 10; place++) await met(place);
  expect(await store.persons.limit("d1", 10)).toBe(0);
  await met(10);
  expect(await store.persons.limit("d1", 10)).toBe(2);
  expect(await known(11)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

holds("whoever wrote, was written to, was saved or is the account stays", async (open) => {
  const { store, hold, met, known } = await scene(open);
  for (let place = 0; place < 8; place++) await met(place, place === 0 ? { source: "account" } : {});
  const contact = { phone: jidOf(1).split("@")[0] ?? "", lid: lidOf(1), name: null, pushName: "Ann" };
  await store.ledger.record(hold, {
    events: [],
    contacts: [contact],
    history: [{ type: "chat", chat: jidOf(2), change: { name: "Ben" } }],
    contactHistory: [{ chat: lidOf(3), heardAt: 1 }],
  });
  await store.messages.queue("d1", outgoing("waits", { chat: lidOf(4) }));
  expect(await store.persons.limit("d1", 3)).toBe(3);
  expect(await known(8)).toEqual([0, 1, 2, 3, 4]);
});

holds("of a person's former usernames twenty stay", async (open) => {
  const { store, met } = await scene(open);
  for (let change = 0; change <= 21; change++) await met(0, { at: 1_000 + change }, `ann.${change}`);
  const found = async (change: number) => (await store.persons.find("d1", `@ann.${change}`)) !== null;
  expect([await found(0), await found(1), await found(21)]).toEqual([false, true, true]);
});
