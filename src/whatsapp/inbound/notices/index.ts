import type { BinaryNode } from "@whiskeysockets/baileys";
import type { AccountEvent } from "../../../core/ports/connector.ts";
import { mexNews, postNews } from "./channels.ts";
import { groupNews } from "./groups.ts";
import { type Alias, NotificationReader } from "../../codec/notice.ts";
import { contactNews } from "./number-changes.ts";
import { aboutNews, accountNews, pictureNews, registrationNews } from "./people.ts";

type Reader = (notice: NotificationReader, alias: Alias) => void | Promise<void>;

/** What WhatsApp notifies of, by the type of the stanza; everything else is between it and Baileys. */
const readers: Record<string, Reader> = {
  "w:gp2": groupNews,
  picture: pictureNews,
  status: aboutNews,
  account_sync: accountNews,
  newsletter: postNews,
  mex: mexNews,
  contacts: contactNews,
  registration: registrationNews,
};

export const isNews = ({ attrs }: BinaryNode): boolean => (attrs.type ?? "") in readers;

/**
 * What a notification tells, read from the stanza itself: Baileys acknowledges it before its own events are out, and
 * an acknowledged one does not come again. Throws on nonsense.
 */
export async function newsIn(stanza: BinaryNode, alias: Alias, now: number): Promise<AccountEvent[]> {
  const notice = new NotificationReader(stanza, now);
  await readers[stanza.attrs.type ?? ""]?.(notice, alias);
  return notice.news;
}
