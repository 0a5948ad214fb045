import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { privacyValues } from "../../core/ports/people.ts";
import { file, operation, page } from "./answers.ts";
import { actionOperation, online, queryOperation } from "./online.ts";
import { named, oneOf } from "./parts.ts";
import { image } from "./v1-groups.ts";

const contact = Type.Object(
  {
    ...named,
    name: nullable(Type.String({ description: "As the owner saved it." })),
    push_name: nullable(Type.String({ description: "As they call themselves." })),
  },
  { title: "Contact" },
);

const day = Type.Object({
  day: Type.String({ description: "`mon`; a day with a pause is there twice." }),
  mode: Type.String({ description: "In WhatsApp's words: specific_hours, open_24h, appointment_only." }),
  open: nullable(Type.String({ description: "`HH:MM`." })),
  close: nullable(Type.String({ description: "`HH:MM`." })),
});
const business = Type.Object(
  {
    description: nullable(Type.String()),
    categories: Type.Array(Type.String()),
    email: nullable(Type.String()),
    websites: Type.Array(Type.String()),
    address: nullable(Type.String()),
    hours: nullable(
      Type.Object({
        timezone: nullable(Type.String({ description: "By its name: `Asia/Jakarta`." })),
        days: Type.Array(day),
      }),
    ),
  },
  { title: "BusinessProfile", description: "What a business account says of itself." },
);
const shown = {
  picture: nullable(Type.String({ description: "Where it is, on WhatsApp's file servers." })),
  about: nullable(Type.String()),
  business: nullable(business),
};
const person = Type.Object({ ...named, ...shown }, { title: "Person" });
const own = Type.Object({ ...named, name: nullable(Type.String()), ...shown }, { title: "OwnProfile" });
const numberCheck = Type.Object(
  {
    phone: Type.String(),
    exists: nullable(Type.Boolean({ description: "Whether WhatsApp knows it; null while it is pending." })),
    jid: nullable(Type.String({ description: "As WhatsApp names the account: in some countries another number." })),
    lid: nullable(Type.String()),
    pending: Type.Boolean({ description: "WhatsApp is asked for it later; `contacts.checked` tells the answer." }),
    retry_after: nullable(Type.Integer({ description: "Seconds after which it should be known; null when it is." })),
  },
  { title: "NumberCheck" },
);
const privacy = Type.Record(Type.String(), Type.String(), {
  title: "Privacy",
  description: `In WhatsApp's words: ${Object.keys(privacyValues).join(", ")}, and what else WhatsApp names.`,
});

/** What `PATCH profile/privacy` takes; it checks its body itself. */
const privacyWish = Type.Partial(
  Type.Object(Object.fromEntries(Object.entries(privacyValues).map(([name, values]) => [name, oneOf(values)]))),
);

export const people = {
  list: operation("listContacts", "List the people this account has met or saved", {
    200: [
      "A page; `next` is the `after` of the one after it, null at the end",
      page(contact, "next", nullable(Type.String())),
    ],
  }),
  check: operation(
    "checkNumbers",
    "Tell which numbers WhatsApp knows",
    {
      ...online,
      200: [
        "What is known now; `request` is null when nothing is pending, else `contacts.checked` names it",
        page(numberCheck, "request", nullable(Type.String())),
      ],
    },
    {
      description:
        "Ten numbers a minute are asked for, and answers are kept for a day. The rest is pending: it is asked for in the background, and `contacts.checked` tells it.",
    },
  ),
  get: queryOperation("getContact", "Tell what is known of a person", person),
  blocked: queryOperation("listBlocked", "List who is blocked", Type.Array(Type.String({ description: "A JID." }))),
  block: actionOperation("blockContact", "Block a person"),
  unblock: actionOperation("unblockContact", "Unblock a person"),
  watch: actionOperation("watchPresence", "Have WhatsApp tell when a person is online or types, as `presence` events"),
  export: operation(
    "exportContact",
    "Hand out everything this server keeps of a person",
    { 200: ["The archive", file("application/x-tar")] },
    {
      description:
        "A tar of `person.json`, JSON lines in `messages-0001.jsonl`, `sent-0001.jsonl` and `events-0001.jsonl` (as the calls and events of this API have them), and the files in `media/`, named by their ids.",
    },
  ),
  erase: queryOperation(
    "eraseContact",
    "Forget everything this server keeps of what a person said and was told",
    Type.Object({ messages: Type.Integer({ minimum: 0 }) }),
  ),
  own: queryOperation("getProfile", "Get the account's own profile", own),
  profile: actionOperation("updateProfile", "Change the account's name and about: only what is sent changes"),
  picture: actionOperation("setProfilePicture", "Set the account's own picture: the body is the image", image),
  noPicture: actionOperation("removeProfilePicture", "Take the account's picture away"),
  privacy: queryOperation("getPrivacy", "Tell who may see what", privacy),
  setPrivacy: actionOperation("updatePrivacy", "Change privacy settings: only what is sent changes", {
    body: { byType: { "application/json": privacyWish } },
  }),
};
