import { Type } from "@sinclair/typebox";
import { contentSchema, contextSchema } from "../../core/model/content/content.ts";
import { nullable } from "../../core/model/content/parts.ts";
import { countedPage, found, operation } from "./answers.ts";
import { failed } from "./failure.ts";
import { actionOperation, online, queryOperation } from "./online.ts";
import { list as listOf, rawSchema, seconds } from "./parts.ts";

const label = Type.Object(
  {
    id: Type.String({ description: "WhatsApp's: a number." }),
    name: Type.String(),
    color: Type.Integer({ minimum: 0, description: "A place in WhatsApp's palette." }),
  },
  { title: "Label" },
);
const counted = Type.Object(
  { ...label.properties, chats: Type.Integer({ minimum: 0 }), messages: Type.Integer({ minimum: 0 }) },
  { title: "LabelWithCounts" },
);
const used = Type.Object(
  {
    ...label.properties,
    chats: Type.Array(Type.String({ description: "A JID." })),
    messages: Type.Array(
      Type.Object({
        chat: Type.String(),
        id: Type.String(),
        sender: nullable(Type.String({ description: "Who wrote it, of others, when that is known." })),
        from_me: nullable(Type.Boolean({ description: "Null when it is not known." })),
      }),
    ),
  },
  { title: "LabelWithUses" },
);

export const labels = {
  list: operation("listLabels", "List the labels of a business account, and how many chats and messages carry each", {
    200: ["All of them", found(Type.Array(counted))],
  }),
  create: queryOperation("createLabel", "Make a label", label),
  get: operation("getLabel", "Get a label and what carries it", { 200: ["As it is remembered", found(used)] }),
  change: queryOperation("updateLabel", "Change a label's name or color", label),
  remove: actionOperation("deleteLabel", "Delete a label, and take it off whatever carries it"),
  assign: actionOperation("labelChat", "Label a chat"),
  take: actionOperation("unlabelChat", "Take a label off a chat"),
  assignMessage: actionOperation("labelMessage", "Label a message"),
  takeMessage: actionOperation("unlabelMessage", "Take a label off a message"),
};

export const said = Type.Object(
  {
    id: Type.String({ description: "WhatsApp's message id." }),
    chat: Type.String(),
    sender: Type.String(),
    from_me: Type.Boolean(),
    push_name: nullable(Type.String()),
    timestamp: seconds,
    content: contentSchema,
    ...contextSchema.properties,
    edited_at: nullable(seconds),
    deleted_at: nullable(seconds),
    starred: Type.Boolean(),
    server_id: Type.Optional(Type.Integer({ description: "Of a post: the channel's own number of it." })),
    raw: Type.Optional(
      Type.Union([rawSchema, Type.Null()], { description: "With `?raw=true`; null of what cannot be read." }),
    ),
  },
  { title: "HistoryMessage" },
);
export const chat = Type.Object(
  {
    jid: Type.String(),
    phone: nullable(Type.String()),
    lid: nullable(Type.String()),
    username: nullable(Type.String()),
    name: nullable(Type.String()),
    unread: Type.Integer({ minimum: 0 }),
    last_at: nullable(seconds),
    archived: Type.Boolean(),
    pinned: Type.Boolean(),
    muted_until: nullable(seconds),
    marked_unread: Type.Boolean(),
    labels: listOf(Type.String(), { description: "Ids of labels." }),
  },
  { title: "Chat" },
);

export const chats = {
  history: operation(
    "listHistory",
    "List what was said, newest first: in all chats or one, with a search for words",
    {
      200: [
        "A page; `next` is the `before` of the one after it, or `after` with sort=oldest, null at the end",
        countedPage(said, "next", nullable(Type.Integer())),
      ],
      409: failed("A search, where what was said is sealed"),
    },
    {
      description:
        "`next` may lead to an empty page. Filters look through what no index has: of a large history they take their time.",
    },
  ),
  message: operation(
    "getHistoryMessage",
    "Get the messages of an id, in whichever chat",
    {
      200: ["Each of them, oldest first", found(Type.Array(said))],
      404: failed("No message of that id is known here"),
    },
    { description: "Whoever sends a message chooses its id, so there may be several: chat, author and id name one." },
  ),
  list: operation("listChats", "List the chats, pinned ones first, then the latest", {
    200: [
      "A page; `next` is the `after` of the one after it, null at the end",
      countedPage(chat, "next", nullable(Type.String())),
    ],
    400: failed("That is no place in the list"),
  }),
  older: operation(
    "requestHistory",
    "Ask the phone for messages before the oldest one that is known here",
    {
      ...online,
      202: [
        "The phone was asked",
        found(
          Type.Object({
            request: Type.String(),
            before: Type.Object({ id: Type.String(), timestamp: seconds }),
          }),
        ),
      ],
      404: failed("No message of that chat is known here"),
    },
    { description: "They come as history, and `history.synced` or `history.refused` names the request." },
  ),
  read: queryOperation(
    "markChatRead",
    "Mark a chat read and tell the senders so",
    Type.Object({ messages: Type.Integer({ minimum: 0 }) }),
  ),
  mark: actionOperation("updateChat", "Archive, pin, mute, or mark a chat unread"),
  star: actionOperation("starMessage", "Star a message"),
  unstar: actionOperation("unstarMessage", "Star a message no longer"),
  deleteForMe: actionOperation(
    "deleteMessageForMe",
    "Take a message out of the account's own devices; everybody else keeps it",
  ),
  typing: actionOperation("setTyping", "Show the account as typing or recording in a chat, or as neither"),
  online: actionOperation("setPresence", "Show the account as online, or not"),
  reject: actionOperation("rejectCall", "Reject a call that rings"),
};
