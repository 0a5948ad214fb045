import { Elysia, type Static, t } from "elysia";
import { typingStates } from "../../core/ports/chats.ts";
import { Failure } from "../../core/base/failure.ts";
import type { Device } from "../../core/device/device.ts";
import type { Chat, ChatQuery, HistoryFilter, StoredMessage } from "../../core/ports/history.ts";
import { chatKinds, isGroupJid, isPersonJid, phoneOfJid } from "../../core/model/recipient.ts";
import { chat as chatSchema, chats as docs, said } from "../docs/v1-chats.ts";
import { contentKinds } from "../../core/model/content/content.ts";
import { nameOfMessage } from "../../core/model/message/message-name.ts";
import { changes } from "../exact.ts";
import { routes, type Tools } from "../face.ts";
import { fileLinks } from "./file-links.ts";
import { commaList, counted, kinds, momentsIn, parseList, period } from "./filters.ts";
import { raw, wantsRaw } from "./raw.ts";
import { messageIn, whose } from "./whose.ts";
import type { ChatHistory } from "../../core/people/chat-history.ts";
import { done } from "../ok.ts";
import { unixSeconds } from "../moment.ts";
import { wholeNumber } from "../paging.ts";

const limit = wholeNumber("limit", 1, 200, "1 to 200; 50 when left out");
const before = wholeNumber("before", 1, Number.MAX_SAFE_INTEGER, "`next` of the page before");
/** From 2001 to 9999: what is no moment is a number of seconds from now. */
const moments = { minimum: 1_000_000_000, maximum: 253_402_300_799 };
/** Throws `invalid`. */
async function historyFilter(
  device: Pick<Device, "chat">,
  { chat, kind, direction, since, until }: typeof historyQuery.static,
): Promise<HistoryFilter> {
  return {
    chat: chat === undefined ? null : await device.chat(chat, "chat"),
    kinds: parseList(kinds, kind),
    fromMe: direction === undefined ? null : direction === "out",
    ...momentsIn({ since, until }),
  };
}

/** Which page. Throws `invalid` for what does not go together. */
function orderIn({ sort, before, after, search, count }: typeof historyQuery.static) {
  const oldestFirst = sort === "oldest";
  const wrong = oldestFirst ? before : after;
  if (wrong !== undefined) {
    const [field, fix] = oldestFirst ? ["before", "after"] : ["after", "before"];
    throw new Failure("invalid", `"${field}" does not go with that order: give "${fix}".`, { field });
  }
  if (search !== undefined && (oldestFirst || count === "true")) {
    const field = oldestFirst ? "sort" : "count";
    throw new Failure("invalid", `"${field}" does not go with "search", which finds the newest first.`, { field });
  }
  return { before: (oldestFirst ? after : before) ?? null, oldestFirst };
}

const seconds = (at: number | null) => (at === null ? null : unixSeconds(at));

const trueFalse = (description: string) =>
  t.Optional(t.Union([t.Literal("true"), t.Literal("false")], { description }));
const yesNo = (said: "true" | "false" | undefined) => (said === undefined ? null : said === "true");

const historyQuery = t.Object({
  chat: t.Optional(t.String({ description: "one chat: a phone number, JID, LID, username or group id" })),
  search: t.Optional(t.String({ maxLength: 200, description: "words to find; the last may be unfinished" })),
  kind: commaList("kinds of messages with commas: text,image", { type: "string", enum: contentKinds }),
  direction: t.Optional(
    t.Union([t.Literal("in"), t.Literal("out")], { description: "in: from others; out: from this account" }),
  ),
  ...period,
  sort: t.Optional(t.Union([t.Literal("newest"), t.Literal("oldest")], { description: "newest or oldest first" })),
  before,
  after: wholeNumber("after", 1, Number.MAX_SAFE_INTEGER, "with sort=oldest, `next` of the page before"),
  limit,
  count: counted,
  raw,
});

/** `/v1/devices/:id/chats`, `…/history`, `…/presence` and `…/calls`. */
export const chats = (tools: Tools) =>
  new Elysia().use(remembered(tools)).use(listed()).use(marked()).use(message()).use(typing()).use(shown());

const remembered = (tools: Tools) =>
  routes("/v1/devices/:id", "chats")
    .get(
      "/history",
      async ({ workspace, params, query, request }) => {
        const size = query.limit ?? 50;
        const linked = fileLinks(tools)({ workspace, request });
        const device = workspace.device(params.id);
        const { chatHistory } = device;
        const filter = await historyFilter(device, query);
        const page = await chatHistory.messages({
          ...filter,
          ...orderIn(query),
          search: query.search ?? null,
          limit: size,
        });
        return {
          success: true,
          data: await Promise.all(
            page.map(async (each) => ({
              ...linked(saidOf(each.message)),
              ...(wantsRaw(query.raw) && { raw: await rawOfSaid(chatHistory, each.message) }),
            })),
          ),
          next: page.length < size ? null : (page.at(-1)?.place ?? null),
          ...(query.count === "true" && { total: await chatHistory.count(filter) }),
        };
      },
      { query: historyQuery, ...docs.history },
    )
    .get(
      "/history/:message",
      async ({ workspace, params, query, request }) => {
        const linked = fileLinks(tools)({ workspace, request });
        const { chatHistory } = workspace.device(params.id);
        const found = await chatHistory.withId(params.message);
        const shown = found.map(async (message) => ({
          ...linked(saidOf(message)),
          ...(wantsRaw(query.raw) && { raw: await rawOfSaid(chatHistory, message) }),
        }));
        return { success: true, data: await Promise.all(shown) };
      },
      { query: t.Object({ raw }), ...docs.message },
    );

const listed = () =>
  routes("/v1/devices/:id", "chats").get(
    "/chats",
    async ({ workspace, params, query }) => {
      const size = query.limit ?? 50;
      const after = query.after === undefined ? null : placeOf(query.after);
      const { chatHistory } = workspace.device(params.id);
      const { search = null, kind = null, label = null } = query;
      const filter = { search, kind, label, unread: yesNo(query.unread), archived: yesNo(query.archived) };
      const page = await chatHistory.chats({ ...filter, after, limit: size });
      const last = page.length < size ? undefined : page.at(-1);
      const total = query.count === "true" ? { total: await chatHistory.countChats(filter) } : {};
      return { success: true, data: page.map(chatOf), next: last ? placed(last) : null, ...total };
    },
    {
      query: t.Object({
        after: t.Optional(t.String({ maxLength: 200, description: "`next` of the page before" })),
        search: t.Optional(t.String({ maxLength: 100, description: "part of a name or number" })),
        kind: t.Optional(
          t.Union(
            chatKinds.map((kind) => t.Literal(kind)),
            { description: `one of ${chatKinds.join(", ")}` },
          ),
        ),
        unread: trueFalse("true: with something unread; false: with nothing"),
        archived: trueFalse("true: archived; false: not"),
        label: t.Optional(t.String({ maxLength: 64, description: "the id of a label that it carries" })),
        limit,
        count: counted,
      }),
      ...docs.list,
    },
  );

const marked = () =>
  routes("/v1/devices/:id/chats", "chats")
    .post(
      "/:chat/history",
      async ({ workspace, params, body, status }) => {
        const device = workspace.device(params.id);
        const chat = await device.chat(params.chat, "chat");
        const { request, before: oldest } = await device.chatHistory.older(chat, body?.count ?? 50);
        const before = { id: oldest.id, timestamp: unixSeconds(oldest.at) };
        return status(202, { success: true, data: { request, before } });
      },
      {
        body: t.Optional(
          t.Object({
            count: t.Optional(t.Integer({ minimum: 1, maximum: 50, description: "1 to 50; 50 when left out" })),
          }),
        ),
        ...docs.older,
      },
    )
    .post(
      "/:chat/read",
      async ({ workspace, params }) => {
        const device = workspace.device(params.id);
        const messages = await device.chatHistory.read(await device.chat(params.chat, "chat"));
        return { success: true, data: { messages } };
      },
      docs.read,
    )
    .patch(
      "/:chat",
      async ({ workspace, params, body }) => {
        const device = workspace.device(params.id);
        const chat = await device.chat(params.chat, "chat");
        const { archived, pinned, unread, muted_until: muted } = body;
        if (archived !== undefined) await device.chatHistory.mark(chat, { archived });
        if (pinned !== undefined) await device.chatHistory.mark(chat, { pinned });
        if (unread !== undefined) await device.chatHistory.mark(chat, { unread });
        if (muted !== undefined) await device.chatHistory.mark(chat, { muted: muted === null ? null : muted * 1000 });
        return done;
      },
      {
        ...changes(
          t.Object({
            archived: t.Optional(t.Boolean({ description: "true or false" })),
            pinned: t.Optional(t.Boolean({ description: "true or false" })),
            unread: t.Optional(t.Boolean({ description: "true or false" })),
            muted_until: t.Optional(
              t.Nullable(t.Integer({ ...moments, description: "a time in Unix seconds, or null" })),
            ),
          }),
        ),
        ...docs.mark,
      },
    );

const message = () =>
  routes("/v1/devices/:id/chats/:chat/messages/:message", "chats")
    .put(
      "/star",
      async ({ workspace, params, query }) => {
        const device = workspace.device(params.id);
        const message = await messageIn(device, params.message, query);
        await device.chatHistory.star(await device.chat(params.chat, "chat"), message, true);
        return done;
      },
      { query: whose, ...docs.star },
    )
    .delete(
      "/star",
      async ({ workspace, params, query }) => {
        const device = workspace.device(params.id);
        const message = await messageIn(device, params.message, query);
        await device.chatHistory.star(await device.chat(params.chat, "chat"), message, false);
        return done;
      },
      { query: whose, ...docs.unstar },
    )
    .delete(
      "/",
      async ({ workspace, params, query }) => {
        const device = workspace.device(params.id);
        const message = await messageIn(device, params.message, query);
        await device.chatHistory.deleteForMe(await device.chat(params.chat, "chat"), message);
        return done;
      },
      { query: whose, ...docs.deleteForMe },
    );

const typing = () =>
  routes("/v1/devices/:id/chats", "chats").post(
    "/:chat/typing",
    async ({ workspace, params, body }) => {
      const device = workspace.device(params.id);
      await device.chats.typing(conversation(await device.chat(params.chat, "chat")), body.state);
      return done;
    },
    {
      body: t.Object({
        state: t.Union(
          typingStates.map((state) => t.Literal(state)),
          { description: typingStates.join(", ") },
        ),
      }),
      ...docs.typing,
    },
  );

/** Where typing is seen. Throws `invalid`. */
function conversation(jid: string): string {
  if (isPersonJid(jid) || isGroupJid(jid)) return jid;
  throw new Failure("invalid", '"chat" takes a person or a group: nobody sees typing elsewhere.', { field: "chat" });
}

const shown = () =>
  routes("/v1/devices/:id", "chats")
    .put(
      "/presence",
      async ({ workspace, params, body }) => {
        await workspace.device(params.id).chats.online(body.online);
        return done;
      },
      { body: t.Object({ online: t.Boolean({ description: "true or false" }) }), ...docs.online },
    )
    .post(
      "/calls/:call/reject",
      async ({ workspace, params, body }) => {
        const device = workspace.device(params.id);
        const from = await device.person(body.from, "from");
        if (!/^[\w-]{1,64}$/.test(params.call))
          throw new Failure("invalid", '"call" takes the id that the event call.received tells.', {
            field: "call",
          });
        await device.chats.rejectCall(params.call, from);
        return done;
      },
      {
        body: t.Object({ from: t.String({ description: "the caller, as call.received tells it" }) }),
        ...docs.reject,
      },
    );

const rawOfSaid = (history: ChatHistory, message: StoredMessage) =>
  history.raw(message.chat, message.id, nameOfMessage(message).author);

export const saidOf = (message: StoredMessage): Static<typeof said> => ({
  id: message.id,
  chat: message.chat,
  sender: message.sender,
  from_me: message.fromMe,
  push_name: message.pushName,
  timestamp: unixSeconds(message.at),
  content: message.content,
  ...message.context,
  edited_at: seconds(message.editedAt),
  deleted_at: seconds(message.deletedAt),
  starred: message.starred,
  ...(message.serverId === null ? {} : { server_id: message.serverId }),
});

/** Where a chat stands in the list, as a word: `1.1703145670000.628…@s.whatsapp.net`. */
const placed = ({ pinned, lastAt, jid }: Chat): string => `${Number(pinned)}.${lastAt}.${jid}`;

/** Throws `invalid`. */
function placeOf(word: string): NonNullable<ChatQuery["after"]> {
  const [, pinned, lastAt, jid = ""] = /^([01])\.(\d{1,15})\.(.+)$/.exec(word) ?? [];
  if (pinned === undefined)
    throw new Failure("invalid", '"after" takes the "next" of the page before.', { field: "after" });
  return { pinned: pinned === "1", lastAt: Number(lastAt), jid };
}

export const chatOf = (chat: Chat): Static<typeof chatSchema> => ({
  jid: chat.jid,
  phone: chat.phone ?? phoneOfJid(chat.jid),
  lid: chat.lid,
  username: chat.username,
  name: chat.name,
  unread: chat.unread,
  last_at: seconds(chat.lastAt || null),
  archived: chat.archived,
  pinned: chat.pinned,
  muted_until: seconds(chat.mutedUntil),
  marked_unread: chat.markedUnread,
  labels: chat.labels,
});
