import { Type } from "@sinclair/typebox";
import { isChannelJid, isGroupJid } from "../recipient.ts";
import { invalid, messageRefOf, ownFirst } from "./message-ref.ts";
import { exact, kind, target } from "./draft-parts.ts";
import type { About, Make } from "./kind.ts";
import { messageRefSchema } from "./parts.ts";

export const about: About = {
  name: { en: "Deletion", id: "Penghapusan" },
  place: 260,
  can: ["posted", "status"],
  here: "with what it said",
  others: "all but one",
};

export const content = Type.Object(
  { kind: Type.Literal("delete"), target: messageRefSchema },
  { description: "A message taken back for everybody." },
);

export const draft = Type.Object({ ...kind("delete"), ...target }, exact);

export const make: Make<"delete"> = async ({ target: given }, desk) => {
  const aimed = await messageRefOf(await ownFirst(given, desk), desk);
  if (!aimed.from_me && !isGroupJid(desk.chat) && !isChannelJid(desk.chat))
    throw invalid(
      "content.target",
      "takes a message that this account sent; others' can be deleted in groups, by admins",
    );
  return { kind: "delete", target: aimed };
};
