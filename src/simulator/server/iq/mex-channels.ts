import type { SimulatedChannel, FollowerRole } from "../../channels/channel.ts";
import { metadata } from "../../channels/nodes.ts";
import { type Asked, type GraphQuery, GraphRefusal } from "./graph.ts";

const ROLES = ["guest", "subscriber", "admin", "owner"] as const satisfies readonly FollowerRole[];

/** The channel that is meant, if the user is at least this in it. */
function channelOf({ network, user, variables }: Asked, least: FollowerRole = "guest"): SimulatedChannel {
  const channel = network.channels.get(variables.newsletter_id ?? text(variables.input?.["newsletter_id"]));
  if (!channel) throw new GraphRefusal(404);
  if (ROLES.indexOf(channel.role(user)) < ROLES.indexOf(least)) throw new GraphRefusal(403);
  return channel;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Somebody who runs the channel; WhatsApp takes LIDs here only. */
function adminOf(asked: Asked, channel: SimulatedChannel) {
  const { user_id: jid } = asked.variables;
  if (!jid?.endsWith("@lid")) throw new GraphRefusal(400);
  const person = asked.network.directory.user(jid);
  if (!person || !channel.runs(person)) throw new GraphRefusal(404);
  return person;
}

const create: GraphQuery = ({ network, user, variables }) => {
  const input = variables.input ?? variables.newsletter_input;
  const name = text(input?.["name"]) ?? "";
  if (name === "") throw new GraphRefusal(400);
  const channel = network.channels.create(user, name, text(input?.["description"]) ?? "");
  return { xwa2_newsletter_create: metadata(channel, user) };
};

const look: GraphQuery = ({ network, user, variables: { input } }) => {
  const key = text(input?.["key"]);
  const channel = input?.["type"] === "INVITE" ? network.channels.byInvite(key) : network.channels.get(key);
  if (!channel) throw new GraphRefusal(404);
  return { xwa2_newsletter: metadata(channel, user) };
};

const update: GraphQuery = (asked) => {
  const channel = channelOf(asked, "admin");
  const { name, description, picture } = asked.variables.updates ?? {};
  asked.network.channels.update(channel, {
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof description === "string" ? { description } : {}),
    ...(typeof picture === "string" ? { picture: picture ? Buffer.from(picture, "base64") : undefined } : {}),
  });
  return { xwa2_newsletter_update: metadata(channel, asked.user) };
};

const follow: GraphQuery = (asked) => {
  const channel = channelOf(asked);
  asked.network.channels.follow(channel, asked.user);
  return { xwa2_newsletter_join_v2: metadata(channel, asked.user) };
};

const unfollow: GraphQuery = (asked) => {
  const channel = channelOf(asked, "subscriber");
  asked.network.channels.unfollow(channel, asked.user);
  return { xwa2_newsletter_leave_v2: { id: channel.jid } };
};

const mute =
  (muted: boolean): GraphQuery =>
  (asked) => {
    const channel = channelOf(asked, "subscriber");
    asked.network.channels.mute(channel, asked.user, muted);
    return { [`xwa2_newsletter_${muted ? "mute" : "unmute"}_v2`]: { id: channel.jid } };
  };

const search: GraphQuery = ({ network, user, variables: { input } }) => {
  const words = (text(input?.["search_text"]) ?? "").toLowerCase();
  const found = network.channels.all.filter(({ name }) => name.toLowerCase().includes(words));
  const result = found.slice(0, Number(input?.["limit"] ?? 20)).map((channel) => metadata(channel, user));
  return { xwa2_newsletters_directory_search: { page_info: { hasNextPage: false }, result } };
};

const followers: GraphQuery = (asked) => {
  const channel = channelOf(asked, "admin");
  const people = channel.audience.slice(0, Number(asked.variables.input?.["count"] ?? 50));
  const edges = people.map((person) => ({
    role: channel.role(person).toUpperCase(),
    node: { id: person.jid("lid"), pn: person.jid(), display_name: person.name },
  }));
  return { xwa2_newsletter_followers: { followers: { edges } } };
};

const hand: GraphQuery = (asked) => {
  const channel = channelOf(asked, "owner");
  const person = adminOf(asked, channel);
  channel.admins.add(channel.owner);
  channel.admins.delete(person);
  channel.owner = person;
  return { xwa2_newsletter_change_owner: { id: channel.jid } };
};

const demote: GraphQuery = (asked) => {
  const channel = channelOf(asked, "owner");
  const person = adminOf(asked, channel);
  if (person === channel.owner) throw new GraphRefusal(400);
  channel.admins.delete(person);
  channel.followers.set(person, { muted: false });
  return { xwa2_newsletter_demote: { id: channel.jid } };
};

const followed: GraphQuery = ({ network, user }) => ({
  xwa2_newsletter_subscribed: network.channels.of(user).map((channel) => metadata(channel, user)),
});

/** GraphQL of channels, by the ids that WhatsApp Web, rc14 of Baileys and whatsmeow (as of 2026-08) send. */
export const CHANNEL_QUERIES: Readonly<Record<string, GraphQuery>> = {
  "25149874324715067": create,
  "8823471724422422": create,
  "25399611239711790": followed,
  "6563316087068696": look,
  "24250201037901610": update,
  "24404358912487870": follow,
  "9767147403369991": unfollow,
  "29766401636284406": mute(true),
  "9864994326891137": mute(false),
  "6234210096708695": create,
  "6388546374527196": followed,
  "9926858900719341": follow,
  "6392786840836363": unfollow,
  "6274038279359549": mute(true),
  "6068417879924485": mute(false),
  "7150902998257522": update,
  "26301059626252132": search,
  "27472091235714801": followers,
  "7130823597031706": (asked) => ({
    xwa2_newsletter_admin: { admin_count: 1 + channelOf(asked, "admin").admins.size },
  }),
  "7341777602580933": hand,
  "6551828931592903": demote,
  "30062808666639665": (asked) => {
    const channel = channelOf(asked, "owner");
    asked.network.channels.delete(channel);
    return { xwa2_newsletter_delete_v2: { id: channel.jid, state: { type: "DELETED" } } };
  },
};
