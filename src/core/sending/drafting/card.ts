import { type Desk, invalid } from "../../model/content/aim.ts";
import type { ContentOf, LinkPreview } from "../../model/content/content.ts";
import type { DraftOf } from "../../model/content/draft.ts";
import type { CardDraft } from "../../model/content/draft-text.ts";
import { blaming, Failure } from "../../base/failure.ts";
import { phoneNumber } from "../../model/recipient.ts";
import { vcard } from "../../model/content/vcard.ts";

/** The card below a text with a link, as its sender words it. Throws `invalid`. */
export async function linkCard(text: string, { image, ...card }: CardDraft, desk: Desk): Promise<LinkPreview> {
  if (!text.includes(card.url)) throw invalid("content.preview.url", "takes an address that stands in the text");
  if (!image) return card;
  const { media_id: picture } = await desk.file({ kind: "image", ...image }).catch(below);
  return { ...card, media_id: picture };
}

/** Rethrows what is wrong with the picture as what is wrong within the card. */
function below(thrown: unknown): never {
  if (!(thrown instanceof Failure)) throw thrown;
  const field = (thrown.field ?? "content").replace(/^content/, "content.preview.image");
  const sentence = thrown.message.replace(`"${thrown.field}"`, `"${field}"`);
  return blaming(field)(new Failure(thrown.code, sentence, { cause: thrown.cause }));
}

type Card = ContentOf<"contacts">["contacts"][number];

/** Throws `invalid`. */
export function contactCard(
  { name, phone, vcard: given }: DraftOf<"contacts">["contacts"][number],
  place: number,
): Card {
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
