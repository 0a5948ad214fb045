import { operation } from "./answers.ts";
import { keyed } from "./keyed.ts";
import { queryOperation, actionOperation } from "./online.ts";

const member = { jid: "84729104638201@lid", phone: "628123456789", lid: "84729104638201@lid", role: "admin" };
const group = {
  id: "120363000000000001@g.us",
  subject: "Pigeons",
  description: null,
  owner: "84729104638201@lid",
  created_at: 1703145670,
  announce_only: false,
  locked: false,
  join_approval: false,
  members_add: true,
  timer: 0,
  community: false,
  parent: null,
  announcements: false,
  size: 1,
  members: [member],
};
const result = {
  jid: "84729104638201@lid",
  phone: "628123456789",
  lid: "84729104638201@lid",
  ok: false,
  code: 403,
  reason: "this account may not do that here",
  invite: { code: "AbCdEfGhIjKl", expires_at: 1703404870 },
};
export const groups = {
  list: queryOperation("Every group this account is in", [group]),
  create: queryOperation(
    "Makes a group; `refused` are those who cannot be put into it, with an invitation to send them",
    {
      ...group,
      refused: [result],
    },
  ),
  get: queryOperation("A group with its members", group),
  change: actionOperation("Subject, description and settings: only what is sent changes"),
  leave: actionOperation("Leaves the group"),
  members: queryOperation("Adds, removes, promotes or demotes, with a result for each person", [result]),
  shownPicture: queryOperation("Where the picture is, on WhatsApp's file servers; null without one", {
    picture: "https://pps.whatsapp.net/v/t61.24694-24/1.jpg",
  }),
  picture: actionOperation("Sets the picture: the body is the image"),
  noPicture: actionOperation("Takes the picture away"),
  invite: queryOperation("The invite link", {
    code: "AbCdEfGhIjKlMnOpQrStUv",
    url: "https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv",
  }),
  revoke: queryOperation("Makes a new invite link; the old one is void", {
    code: "AbC",
    url: "https://chat.whatsapp.com/AbC",
  }),
  preview: queryOperation("What an invite link leads to, without joining", group),
  join: queryOperation("Joins by an invite link or a personal invitation; `pending` when an admin has to agree first", {
    id: "120363000000000001@g.us",
    pending: false,
  }),
  requests: queryOperation("Who waits to be let in", [{ ...member, role: undefined, requested_at: 1703145670 }]),
  decide: queryOperation("Lets people in, or not", [result]),
};

export const communities = {
  list: queryOperation("Every community this account is in", [{ ...group, community: true }]),
  create: queryOperation("Makes a community, with a group for its announcements and one for talk", {
    ...group,
    community: true,
  }),
  groups: queryOperation("The groups of a community", [
    { id: group.id, subject: "Pigeons", announcements: true, created_at: 1703145670, size: 12 },
  ]),
  link: queryOperation("Takes groups into the community, with a result for each", [
    { group: group.id, ok: true, code: 200, reason: null },
  ]),
  unlink: queryOperation("Takes a group out of the community", [
    { group: group.id, ok: true, code: 200, reason: null },
  ]),
  leave: actionOperation("Leaves the community"),
};

export const people = {
  list: operation("The people this account has met or saved", keyed, {
    200: [
      "A page; `next` is the `after` of the one after it, null at the end",
      {
        success: true,
        data: [
          {
            jid: "628123456789@s.whatsapp.net",
            phone: "628123456789",
            lid: "84729104638201@lid",
            name: null,
            push_name: "Ann",
          },
        ],
        next: null,
      },
    ],
  }),
  check: queryOperation("Which numbers WhatsApp knows; answers are kept for a day", [
    { phone: "628123456789", exists: true, jid: "628123456789@s.whatsapp.net", lid: "84729104638201@lid" },
  ]),
  get: queryOperation("What is known of a person", {
    jid: "628123456789@s.whatsapp.net",
    phone: "628123456789",
    lid: "84729104638201@lid",
    picture: "https://pps.whatsapp.net/v/t61/1.jpg",
    about: "Busy",
    business: {
      description: "Pigeons of all sorts",
      categories: ["Pet store"],
      email: "ann@example.com",
      websites: ["https://example.com"],
      address: "Jl. Merpati 1",
      hours: {
        timezone: "Asia/Jakarta",
        days: [{ day: "mon", mode: "specific_hours", open: "08:00", close: "17:00" }],
      },
    },
  }),
  blocked: queryOperation("Who is blocked", ["84729104638201@lid"]),
  block: actionOperation("Blocks a person"),
  unblock: actionOperation("Unblocks a person"),
  watch: actionOperation("Makes WhatsApp tell when this person is online or types, as `presence` events"),
  erase: queryOperation("Forgets everything this server keeps of what a person said and was told", { messages: 12 }),
  own: queryOperation("The account itself", {
    jid: "6281100000001@s.whatsapp.net",
    phone: "6281100000001",
    lid: "77000000000001@lid",
    name: "Budi",
    about: "Carrying",
    picture: null,
    business: null,
  }),
  profile: actionOperation("Changes the account's name and about: only what is sent changes"),
  picture: actionOperation("The account's own picture: the body is the image"),
  noPicture: actionOperation("Takes the account's picture away"),
  privacy: queryOperation("Who may see what, in WhatsApp's words", { last: "contacts", readreceipts: "all" }),
  setPrivacy: actionOperation("Changes privacy settings: only what is sent changes"),
};
