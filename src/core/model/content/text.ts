import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { asFailure } from "../../base/failure.ts";
import { fileFailure } from "./file-failure.ts";
import { type DraftLookups, invalid } from "./message-ref.ts";
import type { LinkPreview } from "./content.ts";
import { exact, kind, visible } from "./draft-parts.ts";
import { source } from "./files.ts";
import { statusChat } from "../recipient.ts";
import type { About, Make, KindWords } from "./kind.ts";

export const about: About = {
  name: { en: "Text", id: "Teks" },
  place: 10,
  can: ["forwarded", "posted", "status", "edited"],
  others: "all",
};

const linkPreview = Type.Object(
  {
    url: Type.String(),
    title: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    media_id: Type.Optional(Type.String({ description: "The picture on a card that was made here." })),
  },
  { description: "The card WhatsApp shows below the text." },
);

/** WhatsApp's fonts of text statuses. */
export const statusFonts = [
  "system",
  "system_text",
  "script",
  "bold",
  "morning_breeze",
  "calistoga",
  "exo2",
  "courier_prime",
] as const;
export type StatusFont = (typeof statusFonts)[number];
const font = Type.Union(
  statusFonts.map((name) => Type.Literal(name)),
  { description: `of a text status: one of ${statusFonts.join(", ")}` },
);

/** How a text status looks. Colours as `#rrggbb`. */
const look = <S extends TSchema>(color: (of: string) => S) => ({
  background: Type.Optional(color("behind a text status")),
  color: Type.Optional(color("of the words of a text status")),
  font: Type.Optional(font),
});

export const content = Type.Object(
  {
    kind: Type.Literal("text"),
    text: Type.String(),
    preview: Type.Optional(linkPreview),
    ...look((of) => Type.String({ description: `The colour ${of}, \`#rrggbb\`.` })),
  },
  { description: "Plain text." },
);

const card = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2_048, description: "an address that stands in the text" }),
    title: Type.Optional(Type.String({ maxLength: 200, description: "up to 200 characters" })),
    description: Type.Optional(Type.String({ maxLength: 500, description: "up to 500 characters" })),
    image: Type.Optional(Type.Object(source, { ...exact, description: "one of { url }, { base64 }, { media_id }" })),
  },
  exact,
);

export const draft = Type.Object(
  {
    ...kind("text"),
    text: Type.String({
      ...visible,
      maxLength: 65_536,
      description: "a text of 1 to 65,536 characters, not only spaces",
    }),
    ...look((of) => Type.String({ pattern: "^#[0-9A-Fa-f]{6}$", description: `the colour ${of} ("#1E6E4F")` })),
    preview: Type.Optional(
      Type.Union([card, Type.Boolean()], {
        description:
          "true to make a card of the first link, or { url, title, description, image }: texts of up to 200 and 500 characters",
      }),
    ),
  },
  exact,
);

export const make: Make<"text"> = async ({ text, preview, ...given }, desk) => {
  const shown = { background: given.background?.toLowerCase(), color: given.color?.toLowerCase(), font: given.font };
  const looks = Object.entries(shown).filter(([, value]) => value !== undefined);
  const [stray] = looks;
  if (stray && desk.chat !== statusChat)
    throw invalid(`content.${stray[0]}`, "is for a text status (status@broadcast); leave it out here");
  const made = preview === true ? await desk.preview(text) : preview ? await linkCard(text, preview, desk) : null;
  return { kind: "text", text, ...(made ? { preview: made } : {}), ...Object.fromEntries(looks) };
};

export const words: KindWords<"text"> = ({ text }) => [text];

/** The card below a text with a link, as its sender words it. Throws `invalid`. */
async function linkCard(
  text: string,
  { image, ...given }: Static<typeof card>,
  desk: DraftLookups,
): Promise<LinkPreview> {
  if (!text.includes(given.url)) throw invalid("content.preview.url", "takes an address that stands in the text");
  if (!image) return given;
  const { media_id: picture } = await desk.file({ kind: "image", ...image }).catch((error: unknown) => {
    throw fileFailure(asFailure(error), "content.preview.image");
  });
  return { ...given, media_id: picture };
}
