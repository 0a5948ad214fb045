import { expect } from "bun:test";
import { Feed } from "../../src/core/delivery/feed.ts";
import { DeviceWriter } from "../../src/core/device/device-writer.ts";
import { PersonDirectory } from "../../src/core/identity/person-directory.ts";
import { batchOf } from "../../src/core/inbox/batch.ts";
import { ContactEvents } from "../../src/core/inbox/contact-events.ts";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import { judge } from "../../src/core/policy/governor.ts";
import { SendPolicy } from "../../src/core/policy/send-policy.ts";
import type { Signal } from "../../src/core/ports/connector.ts";
import { device, held, house } from "../store/house.ts";
import { actors, numberOf, self } from "./world.ts";

/** A device as it takes what a connection reports, without a connection. */
export async function listening() {
  const { store, clock } = await house();
  const account = { jid: numberOf(self), lid: self.lid, name: "Budi" };
  const hold = await held(store, "d1", { account });
  const record = device("d1", { account });
  const directory = new PersonDirectory(store.persons, "d1");
  const events: BotEvent[] = [];
  const feed = new Feed((error) => expect.unreachable(String(error)));
  feed.listen(({ event }) => events.push(event));
  const writer = new DeviceWriter({ store, feed, deliver: () => {}, forgotten: () => {} }, hold, record, directory);
  const policy = new SendPolicy({ store, clock, judge }, hold, record);
  const contactEvents = new ContactEvents(store.contacts, "d1");
  const lookups = {
    sent: (waId: string) => store.messages.byWaId("d1", waId),
    said: (name: Parameters<typeof store.history.find>[1]) => store.history.find("d1", name),
    isOurs: (id: string) => store.history.isOurs("d1", null, id),
    isSame: (one: string, other: string) => directory.isSame(one, other),
  };
  const people = { directory, contacts: store.contacts, device: "d1" };
  const hear = async (signals: readonly Signal[]) => {
    await writer.write(await batchOf(signals, lookups, policy, contactEvents, people, clock));
    writer.publish();
  };
  await hear([{ type: "open", ...account }]);
  return { store, directory, events, hear };
}

export type Listening = Awaited<ReturnType<typeof listening>>;

/** Both names of everybody. */
export const taught: Signal[] = [
  {
    type: "learned",
    contacts: [],
    history: [],
    names: actors.map(({ phone, lid }) => ({ phone, lid, username: null, source: "roster" as const })),
  },
];
