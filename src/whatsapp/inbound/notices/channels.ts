import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren } from "@whiskeysockets/baileys";
import type { EventData } from "../../../core/model/events/events.ts";
import { natural } from "../../codec/convert/fields.ts";
import { channelOf, type ChannelMetadata } from "../../account/channels/metadata.ts";
import { countsOf } from "../../account/channels/posts.ts";
import { type Alias, namedWith, type NotificationReader } from "../../codec/notice.ts";
import { lidMoved } from "./number-changes.ts";

type Change = EventData<"channel.updated">["change"];

/** What people make of posts, told while somebody watches the channel. */
export function postNews(notice: NotificationReader): void {
  const updates = getBinaryNodeChild(notice.stanza, "live_updates");
  for (const { attrs, content } of getBinaryNodeChildren(getBinaryNodeChild(updates, "messages"), "message")) {
    const serverId = natural(attrs.server_id);
    if (serverId === 0) continue;
    const { views, reactions } = countsOf(Array.isArray(content) ? content : []);
    const channel = notice.from;
    const data = { channel, id: attrs.id ?? null, server_id: serverId, views, reactions };
    notice.tell("channel.post_counts", channel, { ...data, timestamp: Math.floor(notice.at / 1000) });
  }
}

/** What happens to channels comes as the answer of a GraphQL subscription, by its name. */
export async function mexNews(notice: NotificationReader, alias: Alias): Promise<void> {
  for (const update of getBinaryNodeChildren(notice.stanza, "update")) {
    for (const [name, found] of Object.entries(dataIn(update))) {
      if (name === "xwa2_notify_lid_change" && found) lidMoved(notice, found);
      if (name === "xwa2_notify_text_status_on_update" && found) await aboutChanged(notice, alias, found);
      const channel = typeof found?.id === "string" ? found.id : "";
      if (!channel.endsWith("@newsletter") || !found) continue;
      happened(notice, name, channel, found);
    }
  }
}

/** The line under somebody's name, as it comes by GraphQL. */
async function aboutChanged(notice: NotificationReader, alias: Alias, found: object): Promise<void> {
  const { jid, text } = found as { jid?: unknown; text?: unknown };
  if (typeof jid !== "string") return;
  const about = typeof text === "string" ? text : "";
  notice.tell("contact.about", null, { ...(await namedWith(alias, jid)), about });
}

function happened(notice: NotificationReader, name: string, channel: string, found: ChannelMetadata): void {
  switch (name) {
    case "xwa2_notify_newsletter_on_join": {
      const { name: title, role } = channelOf(found);
      const history = [{ type: "chat" as const, chat: channel, change: { name: title } }];
      return notice.tell("channel.joined", channel, { channel, name: title, role }, { history });
    }
    case "xwa2_notify_newsletter_on_leave":
      return notice.tell("channel.left", channel, { channel });
    case "xwa2_notify_newsletter_on_mute_change":
      return updated(notice, channel, { muted: String(found.mute).toLowerCase() === "on" });
    case "xwa2_notify_newsletter_on_state_change":
      return updated(notice, channel, typeof found.state?.type === "string" ? { state: lower(found.state.type) } : {});
    case "xwa2_notify_newsletter_on_metadata_update":
    case "xwa2_notify_newsletter_on_admin_metadata_update":
      return updated(notice, channel, metadata(found));
    default:
      return undefined;
  }
}

function updated(notice: NotificationReader, channel: string, change: Change): void {
  if (Object.keys(change).length === 0) return;
  const history = change.name ? [{ type: "named" as const, chat: channel, name: change.name }] : [];
  notice.tell("channel.updated", channel, { channel, change }, { history });
}

function metadata({ thread_metadata: thread }: ChannelMetadata): Change {
  const [name, description, picture] = [thread?.name?.text, thread?.description?.text, thread?.picture];
  return {
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof description === "string" ? { description: description || null } : {}),
    ...(picture === undefined ? {} : { picture: picture !== null && Boolean(picture.direct_path) }),
  };
}

const lower = (word: string): string => word.toLowerCase();

function dataIn({ content }: BinaryNode): Record<string, ChannelMetadata | null | undefined> {
  if (content === undefined || Array.isArray(content)) return {};
  const parsed: unknown = JSON.parse(Buffer.from(content).toString());
  const data = typeof parsed === "object" && parsed !== null && "data" in parsed ? parsed.data : null;
  return typeof data === "object" && data !== null ? (data as Record<string, ChannelMetadata | null>) : {};
}
