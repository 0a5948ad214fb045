import { Type } from "@sinclair/typebox";
import { phoneNumber } from "../recipient.ts";
import { invalid } from "./message-ref.ts";
import { exact, kind, visible } from "./draft-parts.ts";
import type { ContentOf } from "./content.ts";
import type { DraftOf } from "./draft.ts";
import type { About, Make, KindWords } from "./kind.ts";
import { vcard } from "./vcard.ts";

export const about: About = {
  name: { en: "Contact", id: "Kontak" },
  place: 120,
  can: ["forwarded"],
  others: "all but two",
};

export const content = Type.Object(
  {
    kind: Type.Literal("contacts"),
    contacts: Type.Array(
      Type.Object({
        name: Type.String(),
        phones: Type.Array(Type.String(), { description: "As the card says, with the WhatsApp number first." }),
        vcard: Type.String(),
      }),
    ),
  },
  { description: "One contact card or several." },
);

export const draft = Type.Object(
  {
    ...kind("contacts"),
    contacts: Type.Array(
      Type.Object(
        {
          name: Type.String({ ...visible, maxLength: 255, description: "the name on the card, up to 255 characters" }),
          phone: Type.Optional(Type.String({ description: "digits with country code" })),
          vcard: Type.Optional(Type.String({ maxLength: 65_536, description: "a whole vCard instead of a phone" })),
        },
        exact,
      ),
      { minItems: 1, maxItems: 257, description: "1 to 257 cards of { name, phone } or { name, vcard }" },
    ),
  },
  exact,
);

export const make: Make<"contacts"> = ({ contacts }) => ({ kind: "contacts", contacts: contacts.map(contactCard) });

export const words: KindWords<"contacts"> = ({ contacts }) => contacts.map(({ name }) => name);

/** Throws `invalid`. */
function contactCard(
  { name, phone, vcard: given }: DraftOf<"contacts">["contacts"][number],
  place: number,
): ContentOf<"contacts">["contacts"][number] {
  const field = `content.contacts.${place}`;
  if ((phone === undefined) === (given === undefined))
    throw invalid(field, "takes { name, phone } or { name, vcard }, one of the two");
  if (given === undefined) {
    const digits = phoneNumber(phone ?? "", `${field}.phone`);
    return { name, phones: [digits], vcard: vcard(name, digits) };
  }
  const isWhole = /^BEGIN:VCARD\r?\n/i.test(given) && /\nEND:VCARD\s*$/i.test(given) && /^F?N[:;]/im.test(given);
  if (isWhole) return { name, phones: [], vcard: given };
  throw invalid(`${field}.vcard`, "takes a whole vCard: BEGIN:VCARD, a name (FN), what else there is, END:VCARD");
}
