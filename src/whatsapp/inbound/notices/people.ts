import { getBinaryNodeChild, getBinaryNodeChildren } from "@whiskeysockets/baileys";
import { isGroup } from "../../wire/jid.ts";
import { groupPicture } from "./groups.ts";
import { type Alias, namedWith, type NotificationReader } from "../../codec/notice.ts";

/** Somebody's picture, or a group's. */
export async function pictureNews(notice: NotificationReader, alias: Alias): Promise<void> {
  // What a contact asked for or drew, and a hash that names somebody of the address book, change no picture.
  const part = getBinaryNodeChild(notice.stanza, "set") ?? getBinaryNodeChild(notice.stanza, "delete");
  if (!part || (part.attrs.hash !== undefined && part.attrs.jid === undefined)) return undefined;
  const removed = part.tag === "delete";
  if (isGroup(notice.from)) return groupPicture(notice, part);
  notice.tell("contact.picture", null, { ...(await namedWith(alias, notice.from)), removed });
}

/** Somebody registers the account's number elsewhere (whatspec, 2026-07). */
export function registrationNews(notice: NotificationReader): void {
  if (getBinaryNodeChild(notice.stanza, "device_logout"))
    notice.tell("device.registering", null, { timestamp: Math.floor(notice.at / 1_000) });
}

/** The line under somebody's name. */
export async function aboutNews(notice: NotificationReader, alias: Alias): Promise<void> {
  const content = getBinaryNodeChild(notice.stanza, "set")?.content;
  if (content === undefined || Array.isArray(content)) return;
  const about = Buffer.from(content).toString();
  notice.tell("contact.about", null, { ...(await namedWith(alias, notice.from)), about });
}

/** What another device of the account did: of that, whom it blocked. */
export async function accountNews(notice: NotificationReader, alias: Alias): Promise<void> {
  for (const { attrs } of getBinaryNodeChildren(getBinaryNodeChild(notice.stanza, "blocklist"), "item")) {
    if (!attrs.jid) continue;
    const blocked = attrs.action === "block";
    notice.tell("contact.blocked", null, { ...(await namedWith(alias, attrs.jid)), blocked });
  }
}
