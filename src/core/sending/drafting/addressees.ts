import type { Clock } from "../../base/clock.ts";
import { asFailure, Failure, type FailureCode, type RowRefusal } from "../../base/failure.ts";
import type { PersonDirectory } from "../../identity/person-directory.ts";
import { ownFailReasons } from "../../model/message/fail-reason.ts";
import type { Draft } from "../../model/message/message.ts";
import { nameOfUsername, type PersonNames } from "../../model/person.ts";
import { addresseeExample, phoneOfJid, recipient, sameRecipient } from "../../model/recipient.ts";
import { usernameRef, type UsernameRef } from "../../model/username.ts";
import type { AccountNames, PeopleCalls } from "../../ports/people.ts";

/** How long WhatsApp may take to say who goes by a username, milliseconds. */
const lookUpMs = 5_000;

/** Why WhatsApp could not be asked: what was learned before counts then. */
const unasked: readonly FailureCode[] = ["unavailable", "timeout", "rate_limited"];

/** Where a device learns who goes by a username. */
export interface AddresseePorts {
  people: Pick<PersonDirectory, "find" | "personOf">;
  /** Throws while there is no connection. */
  readonly open: { readonly people: Pick<PeopleCalls, "lookUp" | "accounts"> };
}

/** Whom drafts are for. */
export class Addressees {
  readonly #ports: AddresseePorts;
  readonly #clock: Pick<Clock, "after">;

  constructor(ports: AddresseePorts, clock: Pick<Clock, "after">) {
    this.#ports = ports;
    this.#clock = clock;
  }

  /** Throws `invalid` for what names nobody, whoever is known. */
  static check(to: string, field = "to"): void {
    if (usernameRef(to, field) === null) recipient(to, field, addresseeExample);
  }

  /**
   * The JID that `to` means. WhatsApp is asked who goes by a username; while it cannot be asked, and where it wants a key that
   * was not given, whoever was last seen to go by it. Throws `invalid`, `refused` when nobody does, and what asking throws.
   */
  async jidOf(to: string, field = "to"): Promise<string> {
    const ref = usernameRef(to, field);
    if (ref === null) return recipient(to, field, addresseeExample);
    const last = await this.#ports.people.find(nameOfUsername(ref.username));
    // Whoever gave the name up is somebody else now.
    const known = last?.username === ref.username ? last : null;
    try {
      const answer = await this.#asked(ref, known);
      if (answer === "nobody") throw refused(ref, field);
      if (answer !== "wants_key") return answer.jid;
      if (known !== null && ref.key === null) return known.jid;
      throw wantsKey(ref, field);
    } catch (error) {
      const failure = asFailure(error);
      if (known !== null && unasked.includes(failure.code)) return known.jid;
      throw failure;
    }
  }

  /**
   * Throws `refused` when WhatsApp knows nobody by numbers that a draft mentions or shows a status post to. While it cannot be
   * asked, nothing is wrong with them.
   */
  async needKnown({ mentions = [], audience = [] }: Pick<Draft, "mentions" | "audience">): Promise<void> {
    const people = [...namedIn("mentions", mentions), ...namedIn("audience", audience)];
    if (people.length === 0) return;
    const jids = people.map(({ jid }) => jid);
    const accounts = await this.accounts(jids);
    const strangers = new Set(accounts.filter(({ jid }) => jid === null).map(({ asked }) => asked));
    const rows = people
      .filter(({ jid }) => strangers.has(jid))
      .map(({ field }): RowRefusal => ({
        field,
        error: `"${field}": ${ownFailReasons.not_on_whatsapp}`,
        code: "refused",
      }));
    const [first, ...others] = rows;
    if (first === undefined) return;
    const more = others.length === 0 ? "" : ` ${others.length} more of these: "rows" names them.`;
    const named = others.length === 0 ? {} : { rows };
    throw new Failure("refused", `${first.error}${more}`, { field: first.field, reason: "not_on_whatsapp", ...named });
  }

  /** The accounts of these people; none while WhatsApp cannot be asked. */
  async accounts(jids: readonly string[]): Promise<AccountNames[]> {
    try {
      return await this.#inTime("has these numbers", () => this.#ports.open.people.accounts(jids));
    } catch (error) {
      if (unasked.includes(asFailure(error).code)) return [];
      throw error;
    }
  }

  #asked(ref: UsernameRef, known: PersonNames | null): ReturnType<PeopleCalls["lookUp"]> {
    return this.#inTime(`goes by @${ref.username}`, () => this.#ports.open.people.lookUp(ref, known));
  }

  async #inTime<T>(what: string, ask: () => Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = this.#clock.after(lookUpMs, () =>
      reject(new Failure("timeout", `WhatsApp did not say in time who ${what}; try again.`)),
    );
    return Promise.race([(async () => ask())(), late]).finally(cancel);
  }
}

/** Those whom a field names by number, with where they stand in it. */
const namedIn = (field: string, who: readonly string[]): { field: string; jid: string }[] =>
  who.flatMap((one, place) => {
    const jid = sameRecipient(one);
    return phoneOfJid(jid) === null ? [] : [{ field: `${field}.${place}`, jid }];
  });

const refused = ({ username }: UsernameRef, field: string): Failure =>
  new Failure("refused", `"${field}": nobody on WhatsApp goes by @${username}.`, { field, reason: "not_on_whatsapp" });

function wantsKey({ username, key }: UsernameRef, field: string): Failure {
  const sentence =
    key === null
      ? `WhatsApp asks for the four digits of @${username}: write "@${username}:1234"`
      : `these are not the four digits of @${username}`;
  return new Failure("invalid", `"${field}": ${sentence}.`, { field });
}
