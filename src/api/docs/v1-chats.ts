import { operation } from "./answers.ts";
import { keyed } from "./keyed.ts";
import { queryOperation, actionOperation, online } from "./online.ts";

const label = { id: "6", name: "Paid", color: 2 };
export const labels = {
  list: operation("The labels of a business account, and how many chats and messages carry each", keyed, {
    200: ["All of them", { success: true, data: [{ ...label, chats: 3, messages: 0 }] }],
  }),
  create: queryOperation("Makes a label", label),
  get: operation("A label and what carries it", keyed, {
    200: [
      "As it is remembered",
      {
        success: true,
        data: {
          ...label,
          chats: ["628123456789@s.whatsapp.net"],
          messages: [{ chat: "120363000000000001@g.us", id: "3A0194F6B07C" }],
        },
      },
    ],
  }),
  change: queryOperation("Changes its name or color", label),
  remove: actionOperation("Deletes the label, and takes it off whatever carries it"),
  assign: actionOperation("Labels a chat"),
  take: actionOperation("Takes the label off a chat"),
  assignMessage: actionOperation("Labels a message"),
  takeMessage: actionOperation("Takes the label off a message"),
};

const said = {
  id: "3A0194F6B07C1E7D3A9D",
  chat: "628123456789@s.whatsapp.net",
  sender: "628123456789@s.whatsapp.net",
  from_me: false,
  push_name: "Ann",
  timestamp: 1703145670,
  content: { kind: "text", text: "Halo!" },
  edited_at: null,
  deleted_at: null,
  starred: false,
};
const chat = {
  jid: "628123456789@s.whatsapp.net",
  phone: "628123456789",
  lid: "84729104638201@lid",
  name: "Ann",
  unread: 2,
  last_at: 1703145670,
  archived: false,
  pinned: false,
  muted_until: null,
  marked_unread: false,
  labels: ["6"],
};

export const chats = {
  history: operation("What was said, newest first: in all chats or one, with a search for words", keyed, {
    200: [
      "A page; `next` is the `before` of the one after it, null at the end",
      { success: true, data: [said], next: null },
    ],
  }),
  list: operation("The chats, pinned ones first, then the latest", keyed, {
    200: [
      "A page; `next` is the `after` of the one after it, null at the end",
      { success: true, data: [chat], next: null },
    ],
    400: [
      "That is no place in the list",
      { success: false, error: '"after" takes the "next" of the page before.', code: "invalid" },
    ],
  }),
  older: operation(
    "Asks the phone for messages before the oldest one that is known here; they come as history, and `history.synced` or " +
      "`history.refused` names the request",
    {
      ...online,
      404: [
        "No message of that chat is known here",
        {
          success: false,
          error: "No message of that chat is known here, so there is none to ask for older ones of.",
          code: "not_found",
        },
      ],
    } as never,
    {
      202: [
        "The phone was asked",
        {
          success: true,
          data: { request: "3EB0C767D097E1D5B4A1", before: { id: "3A0194F6B07C1E7D3A9D", timestamp: 1703145670 } },
        },
      ],
    },
  ),
  read: queryOperation("Marks a chat read and tells the senders so", { messages: 2 }),
  mark: actionOperation("Archives, pins, mutes, or marks a chat unread"),
  star: actionOperation("Stars a message, or no longer"),
  deleteForMe: actionOperation("Takes a message out of the account's own devices; everybody else keeps it"),
  typing: actionOperation("Shows the account as typing or recording in a chat, or as neither"),
  online: actionOperation("Shows the account as online, or not"),
  reject: actionOperation("Rejects a call that rings"),
};
