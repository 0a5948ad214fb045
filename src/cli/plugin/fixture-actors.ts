import type { BotEvent, EventData } from "../../core/model/events/events.ts";
import type { SimulatedContact, GroupChat, Simulator } from "../../simulator/index.ts";

type Received = EventData<"message.received">;

/** Gives the people and groups of recorded events to the simulated WhatsApp: who is called Ann there is `user("Ann")`. */
export class FixtureActors {
  /** What stands in the events → what stands for it here. */
  readonly #roles = new Map<string, string>();
  readonly #groups = new Map<string, GroupChat>();

  constructor(
    readonly sim: Simulator,
    readonly person: (name: string) => SimulatedContact,
  ) {}

  /** The same events, told of these people. */
  play(events: readonly BotEvent[]): BotEvent[] {
    const messages = events.flatMap((event) =>
      event.type === "message.received" ? [(event as BotEvent<"message.received">).data] : [],
    );
    for (const message of messages) this.#enter(message);
    return events.map((event) => ({
      ...event,
      device: "default",
      data: JSON.parse(JSON.stringify(event.data), (_key, value: unknown) =>
        typeof value === "string" ? (this.#roles.get(value) ?? value) : value,
      ) as BotEvent["data"],
    }));
  }

  #enter({ from_me, is_group, chat, sender, sender_phone, sender_lid, push_name }: Received): void {
    if (from_me) return;
    const person = this.person(push_name ?? sender_phone ?? sender);
    for (const jid of [sender, ...(is_group ? [] : [chat])])
      this.#roles.set(jid, jid.endsWith("@lid") ? person.lid : person.jid);
    if (sender_phone) this.#roles.set(sender_phone, person.number).set(`${sender_phone}@s.whatsapp.net`, person.jid);
    if (sender_lid) this.#roles.set(sender_lid, person.lid);
    if (is_group) this.#gather(chat, person);
  }

  #gather(id: string, person: SimulatedContact): void {
    const known = this.#groups.get(id);
    if (known) return known.members.some(({ number }) => number === person.number) ? undefined : known.add(person);
    const [bot] = this.sim.phones;
    const group = this.sim.group(`Recorded ${this.#groups.size + 1}`, bot ? [person, bot] : [person]);
    this.#groups.set(id, group);
    this.#roles.set(id, group.id);
  }
}
