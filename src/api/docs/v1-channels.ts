import { Type } from "@sinclair/typebox";
import { contentSchema, contextSchema } from "../../core/model/content/content.ts";
import { nullable } from "../../core/model/content/parts.ts";
import { channelRoles } from "../../core/model/message/channel.ts";
import { operation, page } from "./answers.ts";
import { actionOperation, online, queryOperation } from "./online.ts";
import { named, oneOf, seconds } from "./parts.ts";
import { image } from "./v1-groups.ts";

const id = Type.String({ description: "The channel's JID, `1203…@newsletter`." });
export const channel = Type.Object(
  {
    id,
    name: Type.String(),
    description: nullable(Type.String()),
    link: nullable(Type.String({ format: "uri" })),
    subscribers: nullable(Type.Integer({ minimum: 0 })),
    verified: Type.Boolean(),
    state: Type.String({ description: "In WhatsApp's words: active, suspended, geosuspended." }),
    created_at: nullable(seconds),
    picture: nullable(Type.String({ description: "Where it is, on WhatsApp's file servers." })),
    role: oneOf(channelRoles, { description: "What this account is in it; `guest` only looks." }),
    muted: Type.Boolean(),
  },
  { title: "Channel" },
);
export const post = Type.Object(
  {
    channel: id,
    id: Type.String({ description: "WhatsApp's message id: edits and deletions go by it." }),
    server_id: nullable(Type.Integer({ description: "The channel's own number of it: reactions go by it." })),
    from_me: Type.Boolean(),
    timestamp: seconds,
    content: contentSchema,
    ...contextSchema.properties,
    views: nullable(Type.Integer({ minimum: 0 })),
    reactions: Type.Array(Type.Object({ emoji: Type.String(), count: Type.Integer({ minimum: 0 }) })),
  },
  { title: "ChannelPost" },
);
const follower = Type.Object(
  { ...named, name: nullable(Type.String()), role: oneOf(channelRoles) },
  { title: "Follower" },
);

export const channels = {
  list: queryOperation("listChannels", "List every channel this account follows or runs", Type.Array(channel)),
  create: queryOperation(
    "createChannel",
    "Make a channel",
    channel,
    "WhatsApp may want its terms for channels accepted on the phone first.",
  ),
  preview: queryOperation("previewChannel", "Tell what a channel's link leads to, without following", channel),
  search: queryOperation("searchChannels", "Find public channels by their name", Type.Array(channel)),
  get: queryOperation("getChannel", "Get a channel", channel),
  follow: actionOperation("followChannel", "Follow a channel: its posts come as `channel.post`"),
  unfollow: actionOperation("unfollowChannel", "Follow a channel no longer"),
  mute: actionOperation("muteChannel", "Mute a channel on the phone; posts are told all the same"),
  unmute: actionOperation("unmuteChannel", "Unmute a channel"),
  posts: operation("listChannelPosts", "List posts, newest first, with what people made of them", {
    ...online,
    200: [
      "A page; `next` is the `before` of the one after it, null at the end",
      page(post, "next", nullable(Type.Integer())),
    ],
  }),
  watch: queryOperation(
    "watchChannel",
    "Have WhatsApp tell views and reactions as `channel.post_counts`",
    Type.Object({ seconds: Type.Integer({ minimum: 0, description: "For how long." }) }),
  ),
  update: actionOperation("updateChannel", "Change name and description: only what is sent changes"),
  picture: actionOperation("setChannelPicture", "Set a channel's picture: the body is the image", image),
  noPicture: actionOperation("removeChannelPicture", "Take a channel's picture away"),
  remove: actionOperation("deleteChannel", "End a channel, for everybody and for good"),
  followers: queryOperation(
    "listFollowers",
    "Tell how many run a channel, and who follows it",
    Type.Object({ admins: Type.Integer({ minimum: 0 }), followers: Type.Array(follower) }),
    "As far as WhatsApp shows.",
  ),
  hand: actionOperation("transferChannel", "Give a channel to another of its admins"),
  demote: actionOperation("demoteChannelAdmin", "Make an admin a follower"),
};
