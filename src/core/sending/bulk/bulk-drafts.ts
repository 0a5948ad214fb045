import { breathe } from "../../base/breathe.ts";
import { asFailure, Failure } from "../../base/failure.ts";
import type { MediaContent } from "../../model/content/content.ts";
import { invalid } from "../../model/content/message-ref.ts";
import type { QueueOptions } from "../../model/message/message.ts";
import type { Person } from "../../model/person.ts";
import { isUsername } from "../../model/username.ts";
import { isPersonJid, sameRecipient } from "../../model/recipient.ts";
import { waitMs } from "../../policy/governor.ts";
import type { BulkDraft } from "../../ports/bulk.ts";
import type { Drafted } from "../../ports/messages.ts";
import type { Drafter, DrafterPorts, DraftSources } from "../drafting/drafter.ts";
import type { SendingDevice } from "../sender/outbox.ts";
import { located, type Part, partsOf } from "./bulk-parts.ts";
import type { RowRefusals } from "./row-refusals.ts";

/** Numbers of one bulk whose LIDs are asked for. */
const mostAsked = 500;
/** Drafts that are looked at together; between two lots others get their turn. */
const lot = 8;

export interface NamedDraft {
  /** What refusals call it: `to.3`. */
  name: string;
  drafted: Drafted;
}

/** Makes the messages of a bulk. */
export class BulkDrafts {
  readonly #ports: DrafterPorts;
  readonly #device: SendingDevice;
  readonly #drafter: Drafter;

  constructor(ports: DrafterPorts, device: SendingDevice, drafter: Drafter) {
    this.#ports = ports;
    this.#device = device;
    this.#drafter = drafter;
  }

  /** Those that can be sent; `refusals` gets the others. */
  async of(asked: BulkDraft, refusals: RowRefusals, options: Pick<QueueOptions, "hooked"> = {}): Promise<NamedDraft[]> {
    const { addressees: asking } = this.#drafter;
    const addressees = { jidOf: asking.jidOf.bind(asking), nameOf: await this.#naming(asked) };
    const parts = await partsOf(asked, this.#ports.clock.now(), { refusals, addressees });
    const sources = memory(this.#drafter.sources);
    const made: NamedDraft[] = [];
    for (let from = 0; from < parts.length; from += lot) {
      const some = parts.slice(from, from + lot);
      const work = await Promise.allSettled(some.map((part) => this.#one(part, { ...options, sources })));
      for (const [at, each] of work.entries()) {
        const name = some[at]?.name ?? "";
        if (each.status === "fulfilled") made.push({ name, drafted: common(each.value, made.at(-1)?.drafted) });
        // What is wrong with the one thing that all of them get is said once.
        else if ("to" in asked) {
          refusals.settle();
          throw each.reason;
        } else refusals.add(some[at]?.place ?? from + at, each.reason);
      }
      await breathe();
    }
    return made;
  }

  /**
   * One name for each person of the rows, by number and by LID. WhatsApp is asked whose the numbers are when the rows name a LID
   * whose number is not known, or a username, and of numbers that look like two forms of one. What is found out only later is
   * left to the sender.
   */
  async #naming(asked: BulkDraft): Promise<(jid: string) => Promise<string>> {
    const { people } = this.#device;
    const given =
      "to" in asked ? asked.to : asked.once ? asked.messages.flatMap((one) => ("to" in one ? one.to : [])) : [];
    const jids = [...new Set(given.map(sameRecipient).filter(isPersonJid))];
    const persons = await Promise.all(jids.map((jid) => people.personOf(jid)));
    const isMixed = persons.some(({ phone }) => phone === null) || given.some(isUsername);
    const unknown = persons.filter(({ lid }) => lid === null).map(({ jid }) => jid);
    const numbers = isMixed ? unknown : alike(unknown, persons);
    const isAsked = numbers.length > 0 && numbers.length <= mostAsked;
    const accounts = isAsked ? await this.#drafter.addressees.accounts(numbers) : [];
    const found = new Map(accounts.map((one) => [one.asked, one.lid ?? one.jid]));
    return async (jid) => {
      const person = await people.personOf(jid);
      return person.lid ?? found.get(person.jid) ?? person.jid;
    };
  }

  async #one(
    { draft, name }: Part,
    options: Pick<QueueOptions, "hooked"> & { sources: DraftSources },
  ): Promise<Drafted> {
    try {
      if (draft.content.kind === "album") throw invalid("content.kind", "takes an album in a single send only");
      const { message, wait } = await this.#drafter.message(draft, options);
      if (wait === null || wait.reason === "scheduled") return { message, wait };
      const expiresAt = message.expiresAt ?? this.#device.policy.now() + waitMs;
      return { message: { ...message, expiresAt }, wait };
    } catch (error) {
      throw located(asFailure(error), name);
    }
  }
}

/** What two forms of a number have in common: a country writes a digit more or less behind its code. */
const formOf = ({ phone, jid }: Person): string => (phone === null ? jid : `${phone.slice(0, 2)} ${phone.slice(-8)}`);

/** Those numbers that may be another form of somebody else's. */
function alike(unknown: readonly string[], persons: readonly Person[]): string[] {
  const counts = new Map<string, number>();
  for (const person of persons) counts.set(formOf(person), (counts.get(formOf(person)) ?? 0) + 1);
  const forms = new Map(persons.map((person) => [person.jid, formOf(person)]));
  return unknown.filter((jid) => (counts.get(forms.get(jid) ?? "") ?? 0) > 1);
}

/** The same, with the very content and context of the one before where they are equal: they are kept once then. */
function common(drafted: Drafted, before: Drafted | undefined): Drafted {
  if (before === undefined) return drafted;
  const { content, context } = before.message;
  const { message } = drafted;
  const shared = {
    ...(JSON.stringify(message.content) === JSON.stringify(content) ? { content } : {}),
    // What somebody is quoted with goes when he is forgotten.
    ...(context && !context.reply_to && JSON.stringify(message.context) === JSON.stringify(context) ? { context } : {}),
  };
  return { ...drafted, message: { ...message, ...shared } };
}

/** Files and cards of links that one bulk may have fetched. */
const mostSources = 100;

/** The same sources, each file and each card fetched once. Throws `invalid` above `mostSources`. */
function memory({ file, preview }: DraftSources): DraftSources {
  const known = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, fetch: () => Promise<T>): Promise<T> => {
    const found = known.get(key) as Promise<T> | undefined;
    if (found) return found;
    if (known.size >= mostSources)
      throw new Failure("invalid", `A bulk takes at most ${mostSources} different files and links.`, {
        field: "content",
      });
    const made = fetch();
    known.set(key, made);
    return made;
  };
  return {
    preview: (text) => once(`preview ${text}`, () => preview(text)),
    async file(draft) {
      const { caption, ...plain } = { caption: undefined, ...draft };
      const made = await once(JSON.stringify(plain), () => file(plain));
      return caption === undefined ? made : ({ ...made, caption } as MediaContent);
    },
  };
}
