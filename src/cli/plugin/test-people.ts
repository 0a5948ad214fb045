import type { BotEvent } from "../../core/model/events/events.ts";
import { phoneOf } from "../../sdk/test-user.ts";
import type { GroupChat, Heard, SentMessages, SimulatedContact, Simulator } from "../../simulator/index.ts";

/** Whether an event tells of what somebody did. */
export type TellsOf = (event: BotEvent) => boolean;

interface Actor {
  user: string;
  /** Digits; without them the number follows from the name. */
  phone?: string;
}
interface Written extends Actor {
  text: string;
  in?: string;
  /** Ids of messages that the person heard. */
  quote?: string;
}
interface SentFile extends Actor {
  base64: string;
  mime: string;
  caption?: string;
  in?: string;
}
interface SentPlace extends Actor {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
  in?: string;
}

const told =
  ({ id }: SentMessages): TellsOf =>
  ({ data }) =>
    "id" in data && data.id === id;

/** The people of a test and what they do, by the verbs of the test kit. */
export class TestPeople {
  readonly #known = new Map<string, SimulatedContact>();
  /** What each said last: it is what they edit and delete. */
  readonly #said = new Map<string, SentMessages>();

  constructor(
    readonly sim: Simulator,
    /** The number of the bot's account. */
    readonly bot: string,
  ) {}

  /** Throws a sentence when somebody of that name has another number, or somebody else has that one. */
  person(name: string, phone?: string): SimulatedContact {
    const known = this.#known.get(name);
    if (known) {
      if (phone === undefined || phone === known.number) return known;
      throw new Error(`${name} has the number ${known.number} already`);
    }
    const number = phone ?? phoneOf(name);
    if (!/^[1-9]\d{6,14}$/.test(number)) throw new Error(`phone takes digits with country code, not "${number}"`);
    const other = [...this.#known.values()].find((each) => each.number === number);
    if (other) throw new Error(`${other.name} has the number ${number} already`);
    const person = this.sim.contact(number, { name });
    this.#known.set(name, person);
    return person;
  }

  /** The number of somebody who is called by name, or by the number itself. */
  numberOf = (name: string): string => (/^\d{7,15}$/.test(name) ? name : this.person(name).number);

  /** What one may do that the bot hears of. */
  readonly acts = {
    says: async ({ text, quote, in: where, ...actor }: Written) => {
      const person = this.#actor(actor);
      const sent = await (quote === undefined
        ? person.says(text, { to: this.#room(where) })
        : person.replies(this.#heard(person, quote), text));
      return this.#saidBy(actor, sent);
    },
    sends: async ({ base64, mime, caption, in: where, ...actor }: SentFile) => {
      const family = mime.split("/")[0];
      const kind = family === "image" || family === "video" || family === "audio" ? family : "document";
      const bytes = Buffer.from(base64, "base64");
      const attachment = { kind, bytes, mimetype: mime, ...(caption !== undefined && { caption }) } as const;
      return this.#saidBy(actor, await this.#actor(actor).sends(attachment, { to: this.#room(where) }));
    },
    place: async ({ latitude, longitude, name, address, in: where, ...actor }: SentPlace) => {
      const locationMessage = {
        degreesLatitude: latitude,
        degreesLongitude: longitude,
        ...(name !== undefined && { name }),
        ...(address !== undefined && { address }),
      };
      return this.#saidBy(actor, await this.#actor(actor).says({ locationMessage }, { to: this.#room(where) }));
    },
    reacts: async ({ emoji, to, ...actor }: Actor & { emoji: string; to: string }) => {
      const person = this.#actor(actor);
      return told(await person.reacts(this.#heard(person, to), emoji));
    },
    votes: async ({ options, on, ...actor }: Actor & { options: string[]; on: string }) => {
      const person = this.#actor(actor);
      return told(await person.votes(pollWith(this.#heard(person, on), options), options));
    },
    edits: async ({ text, ...actor }: Actor & { text: string }) =>
      told(await this.#actor(actor).edits(this.#last(actor), text)),
    deletes: async (actor: Actor) => told(await this.#actor(actor).deletes(this.#last(actor))),
    joins: async ({ group, ...actor }: Actor & { group: string }) => {
      this.#group(group).join(this.#actor(actor));
      return changed(group, "add");
    },
    leaves: async ({ group, ...actor }: Actor & { group: string }) => {
      this.#group(group).leave(this.#actor(actor));
      return changed(group, "remove");
    },
  };

  #actor({ user, phone }: Actor): SimulatedContact {
    return this.person(user, phone);
  }

  #saidBy({ user }: Actor, sent: SentMessages): TellsOf {
    this.#said.set(user, sent);
    return told(sent);
  }

  #last({ user }: Actor): SentMessages {
    const said = this.#said.get(user);
    if (!said) throw new Error(`${user} has said nothing yet`);
    return said;
  }

  #heard(person: SimulatedContact, id: string): Heard {
    const heard = person.inbox.find((each) => each.id === id);
    if (!heard) throw new Error(`${person.name} has heard no such message: it takes one that expectReply gave`);
    return heard;
  }

  #group(id: string): GroupChat {
    const group = this.sim.findGroup(id);
    if (!group) throw new Error(`there is no group ${id}`);
    return group;
  }

  #room(group: string | undefined) {
    return group === undefined ? this.sim.phone(this.bot) : this.#group(group);
  }
}

const changed =
  (group: string, action: "add" | "remove"): TellsOf =>
  ({ type, data }) =>
    type === "group.members" && "group" in data && data.group === group && "action" in data && data.action === action;

/** The poll, if it has these options: WhatsApp itself would take a vote for what is not there. */
function pollWith(heard: Heard, options: readonly string[]): Heard {
  const { pollCreationMessage, pollCreationMessageV2, pollCreationMessageV3 } = heard.message;
  const poll = pollCreationMessageV3 ?? pollCreationMessageV2 ?? pollCreationMessage;
  if (!poll) throw new Error("this message is no poll");
  const there = poll.options?.flatMap(({ optionName }) => optionName ?? []) ?? [];
  const odd = options.find((option) => !there.includes(option));
  if (odd !== undefined) throw new Error(`the poll has no option "${odd}"; there are: ${there.join(", ")}`);
  return heard;
}
