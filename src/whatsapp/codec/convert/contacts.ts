import type { proto } from "@whiskeysockets/baileys";
import type { Converter, Writer } from "./converter.ts";

/** More than WhatsApp lets anybody choose. */
const mostCards = 257;

export const contacts: Converter<"contacts"> & Writer<"contacts"> = {
  read({ contactMessage: one, contactsArrayMessage: many }) {
    const cards = one ? [one] : many?.contacts;
    return cards ? { kind: "contacts", contacts: cards.slice(0, mostCards).map(card) } : null;
  },
  write({ contacts: cards }) {
    const all = cards.map(({ name, vcard }) => ({ displayName: name, vcard }));
    const [first, ...more] = all;
    if (first && more.length === 0) return { contactMessage: first };
    return { contactsArrayMessage: { displayName: `${all.length} contacts`, contacts: all } };
  },
};

function card({ displayName, vcard }: proto.Message.IContactMessage) {
  return { name: displayName ?? "", phones: phonesIn(vcard ?? ""), vcard: vcard ?? "" };
}

/** The numbers of a vCard, the one that WhatsApp knows (`waid`) first. */
export function phonesIn(vcard: string): string[] {
  const lines = vcard.split(/\r?\n/).filter((line) => /^(?:item\d+\.)?TEL[;:]/i.test(line));
  const known = lines.flatMap((line) => /;waid=(\d{5,20})/i.exec(line)?.[1] ?? []);
  const written = lines.filter((line) => !/;waid=/i.test(line)).map((line) => line.slice(line.indexOf(":") + 1).trim());
  return [...known, ...written].filter((phone) => phone !== "").slice(0, 50);
}
