import { type BinaryNode, getBinaryNodeChild, S_WHATSAPP_NET, type WASocket } from "@whiskeysockets/baileys";
import type { ChannelCalls, Follower, PostPage, PostQuery } from "../../../core/ports/channels.ts";
import { Failure } from "../../../core/base/failure.ts";
import { asked } from "../asking.ts";
import { natural } from "../../codec/convert/fields.ts";
import type { Reader } from "../../codec/incoming.ts";
import { bare, isLid } from "../../wire/jid.ts";
import { type Alias, namedOf } from "../../codec/notice.ts";
import { channelOf, roleOf } from "./metadata.ts";
import { graphql } from "./mex.ts";
import { shownPosts } from "./posts.ts";

export interface ChannelPorts {
  socket: () => WASocket;
  alias: Alias;
  reader: () => Reader;
}

/** Channels ("newsletters") through a connection. */
export function channelsOf({ socket, alias, reader }: ChannelPorts): ChannelCalls {
  const ask = <T>(work: (sock: WASocket) => Promise<T>): Promise<T> => asked(() => work(socket()));
  const lookUp = (type: "jid" | "invite", key: string) =>
    ask(async (sock) => channelOf(await sock.newsletterMetadata(type, key)));
  return {
    list: () => ask(async (sock) => listOf(await graphql(sock, "list", {})).map(channelOf)),
    get: (id) => lookUp("jid", id),
    preview: (invite) => lookUp("invite", invite),
    search: (words, limit) =>
      ask(async (sock) => {
        const input = { search_text: words, limit, categories: [] };
        return listOf(within(await graphql(sock, "search", { input }), "result")).map(channelOf);
      }),
    create: (name, description) =>
      ask(async (sock) => channelOf(await graphql(sock, "create", { input: { name, description, picture: null } }))),
    update: (id, { name, description, picture }) =>
      ask(async (sock) => {
        const text = description === undefined ? {} : { description: description ?? "" };
        const image = picture === undefined ? {} : { picture: picture ? Buffer.from(picture).toString("base64") : "" };
        await sock.newsletterUpdate(id, { ...(name === undefined ? {} : { name }), ...text, ...image });
      }),
    remove: (id) => ask((sock) => sock.newsletterDelete(id)),
    follow: (id) => ask(async (sock) => void (await sock.newsletterFollow(id))),
    unfollow: (id) => ask(async (sock) => void (await sock.newsletterUnfollow(id))),
    mute: (id, muted) =>
      ask(async (sock) => void (await (muted ? sock.newsletterMute(id) : sock.newsletterUnmute(id)))),
    posts: (id, query) => ask((sock) => postsOf(sock, id, query, reader())),
    watch: (id) => ask(async (sock) => natural((await sock.subscribeNewsletterUpdates(id))?.duration) || usualWatch),
    admins: (id) => ask((sock) => sock.newsletterAdminCount(id)),
    followers: (id, limit) =>
      ask(async (sock) => {
        const answer = await graphql(sock, "followers", { input: { newsletter_id: id, count: limit } });
        return listOf(within(within(answer, "followers"), "edges")).map(followerOf);
      }),
    hand: (id, person) => ask(async (sock) => sock.newsletterChangeOwner(id, await lidOf(alias, person))),
    demote: (id, person) => ask(async (sock) => sock.newsletterDemote(id, await lidOf(alias, person))),
  };
}

/** Seconds, when WhatsApp does not say (WA Web takes as many). */
const usualWatch = 300;

/** Baileys asks for changes of posts only; this is the question for the posts themselves (whatsmeow, `GetNewsletterMessages`). */
async function postsOf(sock: WASocket, id: string, { limit, before }: PostQuery, reader: Reader): Promise<PostPage> {
  const attrs = { type: "jid", jid: id, count: String(limit), ...(before === null ? {} : { before: String(before) }) };
  const answer: BinaryNode | undefined = await sock.query({
    tag: "iq",
    attrs: { to: S_WHATSAPP_NET, type: "get", xmlns: "newsletter" },
    content: [{ tag: "messages", attrs }],
  });
  const found = shownPosts(id, getBinaryNodeChild(answer, "messages"), reader);
  found.sort((one, other) => (other.post.serverId ?? 0) - (one.post.serverId ?? 0));
  return {
    posts: found.map(({ post }) => post),
    wires: new Map(found.map(({ post, wire, remote }) => [post.id, { wire, remote }])),
  };
}

/** WhatsApp knows who runs a channel by LID only. */
async function lidOf(alias: Alias, person: string): Promise<string> {
  if (isLid(person)) return bare(person);
  const lid = await alias(person);
  if (lid === null)
    throw new Failure("not_found", "WhatsApp does not know this number, so it runs no channel.", { field: "contact" });
  return bare(lid);
}

const within = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function followerOf(edge: unknown): Follower {
  const node = within(edge, "node");
  const [id, pn, name] = [within(node, "id"), within(node, "pn"), within(node, "display_name")];
  const named = namedOf({ id: typeof id === "string" ? id : "", phoneNumber: typeof pn === "string" ? pn : null });
  return { ...named, name: typeof name === "string" && name !== "" ? name : null, role: roleOf(within(edge, "role")) };
}
