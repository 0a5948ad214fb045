import type { BinaryNode } from "@whiskeysockets/baileys";
import type { AccountEvent, AccountEventType } from "../../core/ports/connector.ts";
import type { ContactChange } from "../../core/ports/contacts.ts";
import type { NewEventData } from "../../core/model/events/events.ts";
import type { Named } from "../../core/ports/groups.ts";
import { moment } from "./convert/fields.ts";
import { bare, isLid, phoneOf } from "../wire/jid.ts";

/** The other JID of a person, LID for number and number for LID; null when unknown. */
export type Alias = (jid: string) => Promise<string | null>;

type Beside = Pick<AccountEvent, "history" | "contacts">;

/** Makes news of a stanza's parts: each by the name of the stanza, so that what WhatsApp tells twice is told once. */
export class NotificationReader {
  readonly news: AccountEvent[] = [];
  /** Milliseconds since 1970. */
  readonly at: number;

  constructor(
    readonly stanza: BinaryNode,
    now: number,
  ) {
    this.at = moment(stanza.attrs.t) * 1000 || now;
  }

  get from(): string {
    return bare(this.stanza.attrs.from ?? "");
  }

  tell<T extends AccountEventType>(type: T, chat: string | null, data: NewEventData<T>, beside: Beside = {}): void {
    const { id = "", t = "" } = this.stanza.attrs;
    const once = `notice|${this.from}|${id}|${t}|${this.news.length}`;
    this.news.push({ type, chat, data, at: this.at, once, ...beside } as AccountEvent);
  }
}

/** The two names of somebody who may be a stranger. */
export const bothNames = (phone: string | null, lid: string | null): ContactChange => ({
  phone,
  lid,
  name: null,
  pushName: null,
  onlyKnown: true,
});

/** A person by whatever names WhatsApp gives. */
export function namedOf(names: {
  id: string;
  phoneNumber?: string | null | undefined;
  lid?: string | null | undefined;
  username?: string | null | undefined;
}): Named {
  const jid = bare(names.id);
  return {
    jid,
    phone: phoneOf(jid) ?? phoneOf(names.phoneNumber),
    lid: [jid, names.lid].map((one) => (one && isLid(one) ? bare(one) : null)).find((one) => one !== null) ?? null,
    username: names.username ?? null,
  };
}

/** The same with the other name, as far as Baileys has learned it. */
export async function namedWith(alias: Alias, jid: string): Promise<Named> {
  const other = await alias(bare(jid));
  if (other === null) return namedOf({ id: jid });
  return namedOf({ id: jid, ...(isLid(jid) ? { phoneNumber: other } : { lid: other }) });
}
