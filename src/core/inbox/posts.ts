import { unixSeconds } from "../base/durations.ts";
import type { ChannelPost, PostName } from "../model/message/channel.ts";
import type { SignalOf } from "../ports/connector.ts";
import { isMedia } from "../model/content/content.ts";
import { type Entry, receivedFileOf, type MessageLookups, eventEntry } from "./entry.ts";
import type { NewEvent } from "../model/events/events.ts";

/** A post, or new words for one. */
export async function posted(
  { post, edited, wire, remote }: SignalOf<"post">,
  lookups: MessageLookups,
): Promise<Entry> {
  const { channel, id, fromMe, timestamp, content, context } = post;
  const media = isMedia(content) ? [receivedFileOf(content, remote)] : [];
  if (edited !== null) {
    const before = await lookups.said({ chat: channel, author: null, id });
    const event: NewEvent = {
      type: "channel.post_edited",
      at: edited,
      chat: channel,
      once: `post_edited|${channel}|${id}|${edited}`,
      data: { ...postData({ ...post, timestamp: unixSeconds(edited) }), content, previous: before?.content ?? null },
    };
    return {
      ...eventEntry(event),
      media,
      history: [{ type: "edited", chat: channel, author: null, id, content, at: edited }],
    };
  }
  const event: NewEvent = {
    type: "channel.post",
    at: timestamp * 1000,
    chat: channel,
    once: `post|${channel}|${id}`,
    data: { ...postData(post), content, from_me: fromMe, ...context },
  };
  const said = { ...asStoredMessage(post), wire };
  return { ...eventEntry(event), media, history: [{ type: "said", said }] };
}

/** A post as it is remembered. Nobody sees which of a channel's admins wrote it. */
export function asStoredMessage({ channel, id, serverId, fromMe, timestamp, content, context }: ChannelPost) {
  return {
    id,
    chat: channel,
    sender: channel,
    fromMe,
    pushName: null,
    at: timestamp * 1000,
    content,
    context,
    serverId,
  };
}

/** A post that was taken back. */
export async function unposted({ post, at }: SignalOf<"post_deleted">, lookups: MessageLookups): Promise<Entry> {
  const { channel, id } = post;
  const before = await lookups.said({ chat: channel, author: null, id });
  const data = { ...postData({ ...post, timestamp: unixSeconds(at) }), previous: before?.content ?? null };
  const once = `post_deleted|${channel}|${id}`;
  return {
    ...eventEntry({ type: "channel.post_deleted", at, chat: channel, once, data }),
    history: [{ type: "deleted", chat: channel, author: null, id, at }],
  };
}

const postData = ({ channel, id, serverId, timestamp }: PostName & Pick<ChannelPost, "timestamp">) => ({
  channel,
  id,
  server_id: serverId,
  timestamp,
});
