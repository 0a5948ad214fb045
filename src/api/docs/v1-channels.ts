import { operation } from "./answers.ts";
import { asks, does, online } from "./online.ts";

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
  list: asks("Every channel this account follows or runs", [channel]),
  create: asks("Makes a channel. WhatsApp may want its terms for channels accepted on the phone first", channel),
  preview: asks("What a channel's link leads to, without following", channel),
  search: asks("Public channels by their name", [channel]),
  get: asks("A channel", channel),
  follow: does("Follows a channel: its posts come as `channel.post`"),
  unfollow: does("Follows it no longer"),
  mute: does("Mutes a channel on the phone; posts are told all the same"),
  unmute: does("Unmutes it"),
  posts: operation("Posts, newest first, with what people made of them", online as never, {
    200: [
      "A page; `next` is the `before` of the one after it, null at the end",
      { success: true, data: [post], next: null },
    ],
  }),
  watch: asks("Makes WhatsApp tell views and reactions as `channel.post_counts`, for so many seconds", {
    seconds: 300,
  }),
  update: does("Name and description: only what is sent changes"),
  picture: does("Sets the picture: the body is the image"),
  noPicture: does("Takes the picture away"),
  remove: does("Ends the channel, for everybody and for good"),
  followers: asks("How many run it, and who follows it as far as WhatsApp shows", { admins: 1, followers: [follower] }),
  hand: does("Gives the channel to another of its admins"),
  demote: does("Makes an admin a follower"),
};
