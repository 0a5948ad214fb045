import type { User } from "../accounts/user.ts";
import { type MessageContent, stanzaType } from "../content/content.ts";
import { encode } from "../messages/envelope.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import type { SimulatedChannel, StoredPost } from "./channel.ts";

/** A channel as GraphQL answers it to `viewer`; numbers are text, words are in capitals, as on the real wire. */
export function metadata(channel: SimulatedChannel, viewer: User): Record<string, unknown> {
  const { picture } = channel;
  return {
    id: channel.jid,
    state: { type: channel.deleted ? "DELETED" : "ACTIVE" },
    thread_metadata: {
      creation_time: channel.creation,
      name: { id: "1", text: channel.name, update_time: "1" },
      description: { id: "1", text: channel.description, update_time: "1" },
      picture: picture ? { id: picture.id, type: "IMAGE", direct_path: picture.direct_path } : null,
      preview: null,
      invite: channel.invite,
      handle: null,
      subscribers_count: String(channel.followers.size),
      verification: "UNVERIFIED",
    },
    viewer_metadata: {
      mute: channel.followers.get(viewer)?.muted ? "ON" : "OFF",
      role: channel.role(viewer).toUpperCase(),
    },
  };
}

/** A post on its way to `receiver`. */
export function postStanza(channel: SimulatedChannel, post: StoredPost, receiver: User): Stanza {
  const { content, editedAt } = post;
  const marks = content && stanzaType(content);
  const attrs = {
    from: channel.jid,
    id: post.id,
    server_id: String(post.serverId),
    t: post.at,
    type: marks?.type ?? "text",
    edit: content ? (editedAt === undefined ? undefined : "3") : "8",
    is_sender: receiver === post.by ? "true" : undefined,
  };
  const times = editedAt === undefined ? [] : [el("meta", { msg_edit_t: String(editedAt), original_msg_t: post.at })];
  return el("message", attrs, [plaintext(post), ...times]);
}

/** A channel's status, as whatsmeow reads it (a2381054): the plain message in a `status` from the channel. */
export function statusStanza({ jid }: SimulatedChannel, id: string, t: string, content: MessageContent): Stanza {
  return el("status", { from: jid, id, t, type: stanzaType(content).type }, [plaintext({ content })]);
}

/** A post in the answer to a question for posts: with what people made of it. */
export function shownPost(post: StoredPost, viewer: User): Stanza {
  const attrs = {
    id: post.id,
    server_id: String(post.serverId),
    t: post.at,
    type: post.content ? stanzaType(post.content).type : "text",
    is_sender: viewer === post.by ? "true" : undefined,
  };
  return el("message", attrs, [plaintext(post), ...counts(post)]);
}

/** What became of a post, without the post. */
export function postUpdate(post: StoredPost): Stanza {
  return el("message", { id: post.id, server_id: String(post.serverId), t: post.at }, counts(post));
}

function plaintext({ content }: Pick<StoredPost, "content">): Stanza {
  const bytes = content ? Buffer.from(encode(content)).subarray(0) : Buffer.alloc(0);
  return el("plaintext", { mediatype: content && stanzaType(content).mediatype }, bytes);
}

function counts(post: StoredPost): Stanza[] {
  const byCode = Map.groupBy(post.reactions.values(), (code) => code);
  const reactions = [...byCode].map(([code, all]) => el("reaction", { code, count: String(all.length) }));
  return [el("views_count", { count: String(post.views) }), el("reactions", {}, reactions)];
}
