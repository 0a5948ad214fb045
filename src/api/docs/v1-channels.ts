import { operation } from "./answers.ts";
import { queryOperation, actionOperation, online } from "./online.ts";

const channel = {
  id: "120363000000000007@newsletter",
  name: "Pigeon news",
  description: null,
  link: "https://whatsapp.com/channel/0029VaAbCdEf",
  subscribers: 1204,
  verified: false,
  state: "active",
  created_at: 1703145670,
  picture: null,
  role: "subscriber",
  muted: false,
};
const post = {
  channel: channel.id,
  id: "3EB0C767D097E1D5B4A1",
  server_id: 117,
  from_me: false,
  timestamp: 1703145670,
  content: { kind: "text", text: "Pigeons race at noon." },
  views: 1204,
  reactions: [{ emoji: "👍", count: 31 }],
};
const follower = {
  jid: "84729104638201@lid",
  phone: "628123456789",
  lid: "84729104638201@lid",
  name: "Ann",
  role: "owner",
};

export const channels = {
  list: queryOperation("Every channel this account follows or runs", [channel]),
  create: queryOperation(
    "Makes a channel. WhatsApp may want its terms for channels accepted on the phone first",
    channel,
  ),
  preview: queryOperation("What a channel's link leads to, without following", channel),
  search: queryOperation("Public channels by their name", [channel]),
  get: queryOperation("A channel", channel),
  follow: actionOperation("Follows a channel: its posts come as `channel.post`"),
  unfollow: actionOperation("Follows it no longer"),
  mute: actionOperation("Mutes a channel on the phone; posts are told all the same"),
  unmute: actionOperation("Unmutes it"),
  posts: operation("Posts, newest first, with what people made of them", online as never, {
    200: [
      "A page; `next` is the `before` of the one after it, null at the end",
      { success: true, data: [post], next: null },
    ],
  }),
  watch: queryOperation("Makes WhatsApp tell views and reactions as `channel.post_counts`, for so many seconds", {
    seconds: 300,
  }),
  update: actionOperation("Name and description: only what is sent changes"),
  picture: actionOperation("Sets the picture: the body is the image"),
  noPicture: actionOperation("Takes the picture away"),
  remove: actionOperation("Ends the channel, for everybody and for good"),
  followers: queryOperation("How many run it, and who follows it as far as WhatsApp shows", {
    admins: 1,
    followers: [follower],
  }),
  hand: actionOperation("Gives the channel to another of its admins"),
  demote: actionOperation("Makes an admin a follower"),
};
