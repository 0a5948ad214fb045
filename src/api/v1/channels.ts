import { Elysia, type Static, t } from "elysia";
import { unparsed } from "../form.ts";
import type { Channel, ShownPost } from "../../core/model/message/channel.ts";
import { Failure } from "../../core/base/failure.ts";
import { channel as channelSchema, channels as docs, post } from "../docs/v1-channels.ts";
import { changes } from "../exact.ts";
import { routes } from "../face.ts";
import { done, ok } from "../ok.ts";
import { wholeNumber } from "../paging.ts";
import { imageIn } from "../people.ts";

const name = t.String({ minLength: 1, maxLength: 100, pattern: "\\S", description: "a text of 1 to 100 characters" });
const description = t.Nullable(t.String({ maxLength: 2_048, description: "up to 2,048 characters, or null" }));
const limit = wholeNumber("limit", 1, 100, "1 to 100; 20 when left out");
const code = t.String({ description: "a channel link or its code" });

/** `/v1/devices/:id/channels`. Posting is sending: `to` is the channel. */
export const channels = () => new Elysia().use(all()).use(one()).use(posts()).use(run()).use(people());

const all = () =>
  routes("/v1/devices/:id/channels", "channels")
    .get(
      "/",
      async ({ workspace, params }) => ok((await workspace.device(params.id).channels.list()).map(bodyOf)),
      docs.list,
    )
    .post(
      "/",
      async ({ workspace, params, body }) =>
        ok(bodyOf(await workspace.device(params.id).channels.create(body.name, body.description ?? null))),
      { body: t.Object({ name, description: t.Optional(description) }), ...docs.create },
    )
    .get(
      "/preview",
      async ({ workspace, params, query }) =>
        ok(bodyOf(await workspace.device(params.id).channels.preview(channelCode(query.code)))),
      { query: t.Object({ code }), ...docs.preview },
    )
    .get(
      "/search",
      async ({ workspace, params, query }) =>
        ok((await workspace.device(params.id).channels.search(query.words, query.limit ?? 20)).map(bodyOf)),
      {
        query: t.Object({
          words: t.String({ minLength: 1, maxLength: 100, description: "part of a name, 1 to 100 characters" }),
          limit,
        }),
        ...docs.search,
      },
    );

const one = () =>
  routes("/v1/devices/:id/channels/:channel", "channels")
    .get(
      "/",
      async ({ workspace, params }) =>
        ok(bodyOf(await workspace.device(params.id).channels.get(channelId(params.channel)))),
      docs.get,
    )
    .put(
      "/follow",
      async ({ workspace, params }) => {
        await workspace.device(params.id).channels.follow(channelId(params.channel));
        return done;
      },
      docs.follow,
    )
    .delete(
      "/follow",
      async ({ workspace, params }) => {
        await workspace.device(params.id).channels.unfollow(channelId(params.channel));
        return done;
      },
      docs.unfollow,
    )
    .put(
      "/mute",
      async ({ workspace, params }) => {
        await workspace.device(params.id).channels.mute(channelId(params.channel), true);
        return done;
      },
      docs.mute,
    )
    .delete(
      "/mute",
      async ({ workspace, params }) => {
        await workspace.device(params.id).channels.mute(channelId(params.channel), false);
        return done;
      },
      docs.unmute,
    );

const posts = () =>
  routes("/v1/devices/:id/channels/:channel", "channels")
    .get(
      "/posts",
      async ({ workspace, params, query }) => {
        const asked = { limit: query.limit ?? 20, before: query.before ?? null };
        const { posts } = await workspace.device(params.id).channels.posts(channelId(params.channel), asked);
        const next = posts.length < asked.limit ? null : (posts.at(-1)?.serverId ?? null);
        return { success: true, data: posts.map(postOf), next };
      },
      {
        query: t.Object({
          limit,
          before: wholeNumber("before", 1, Number.MAX_SAFE_INTEGER, "`next` of the page before"),
        }),
        ...docs.posts,
      },
    )
    .post(
      "/watch",
      async ({ workspace, params }) => {
        const seconds = await workspace.device(params.id).channels.watch(channelId(params.channel));
        return ok({ seconds });
      },
      docs.watch,
    );

const run = () =>
  routes("/v1/devices/:id/channels/:channel", "channels")
    .patch(
      "/",
      async ({ workspace, params, body }) => {
        await workspace.device(params.id).channels.update(channelId(params.channel), body);
        return done;
      },
      { ...changes(t.Object({ name: t.Optional(name), description: t.Optional(description) })), ...docs.update },
    )
    .put(
      "/picture",
      async ({ workspace, params, request }) => {
        const device = workspace.device(params.id);
        const picture = await device.portrait(await imageIn(request));
        await device.channels.update(channelId(params.channel), { picture });
        return done;
      },
      { parse: unparsed, ...docs.picture },
    )
    .delete(
      "/picture",
      async ({ workspace, params }) => {
        await workspace.device(params.id).channels.update(channelId(params.channel), { picture: null });
        return done;
      },
      docs.noPicture,
    )
    .delete(
      "/",
      async ({ workspace, params }) => {
        await workspace.device(params.id).channels.remove(channelId(params.channel));
        return done;
      },
      docs.remove,
    );

const people = () =>
  routes("/v1/devices/:id/channels/:channel", "channels")
    .get(
      "/followers",
      async ({ workspace, params, query }) => {
        const { channels: calls } = workspace.device(params.id);
        const id = channelId(params.channel);
        const [followers, admins] = await Promise.all([calls.followers(id, query.limit ?? 20), calls.admins(id)]);
        return ok({ admins, followers });
      },
      { query: t.Object({ limit }), ...docs.followers },
    )
    .put(
      "/owner",
      async ({ workspace, params, body }) => {
        const device = workspace.device(params.id);
        await device.channels.hand(channelId(params.channel), await device.person(body.contact, "contact"));
        return done;
      },
      { body: t.Object({ contact: t.String({ description: "a phone number, JID, LID or username" }) }), ...docs.hand },
    )
    .delete(
      "/admins/:contact",
      async ({ workspace, params }) => {
        const device = workspace.device(params.id);
        await device.channels.demote(channelId(params.channel), await device.person(params.contact, "contact"));
        return done;
      },
      docs.demote,
    );

/** A channel in a path. Throws `invalid`. */
function channelId(id: string): string {
  if (/^\d{5,40}@newsletter$/.test(id)) return id;
  throw new Failure("invalid", '"channel" takes an id such as "120363000000000007@newsletter".', { field: "channel" });
}

/** The code in a channel's link, or as it stands. */
function channelCode(link: string): string {
  const found = link.replace(/^https?:\/\/(www\.)?whatsapp\.com\/channel\//, "").split(/[/?#]/, 1)[0] ?? "";
  if (/^[\w-]{8,64}$/.test(found)) return found;
  throw new Failure(
    "invalid",
    '"code" takes a channel link, e.g. "https://whatsapp.com/channel/0029Va…", or its code.',
    {
      field: "code",
    },
  );
}

const bodyOf = ({ createdAt, invite, ...channel }: Channel): Static<typeof channelSchema> => ({
  ...channel,
  created_at: createdAt,
  link: invite === null ? null : `https://whatsapp.com/channel/${invite}`,
});

const postOf = ({
  channel,
  id,
  serverId,
  fromMe,
  timestamp,
  content,
  context,
  views,
  reactions,
}: ShownPost): Static<typeof post> => ({
  channel,
  id,
  server_id: serverId,
  from_me: fromMe,
  timestamp,
  content,
  ...context,
  views,
  reactions,
});
