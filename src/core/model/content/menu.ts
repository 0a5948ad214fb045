import { type Static, Type } from "@sinclair/typebox";
import { phoneNumber } from "../recipient.ts";
import { asFailure } from "../../base/failure.ts";
import { fileFailure } from "./file-failure.ts";
import { file, picture, source } from "./files.ts";
import { type DraftLookups, invalid } from "./message-ref.ts";
import type { ContentOf } from "./content.ts";
import { exact, kind } from "./draft-parts.ts";
import type { About, Make, KindWords } from "./kind.ts";

export const about: About = {
  name: { en: "Menu", id: "Menu" },
  place: 190,
  here: "shown by some clients",
  others: "S in several, shown by as few",
};

const type = Type.String({ description: "WhatsApp's own name of the kind." });
const some = (description: string) => Type.Optional(Type.String({ description }));

const menuOption = Type.Object({
  id: Type.String({
    description: "What a `choice` of it names; of a button that opens, calls or copies, what that is.",
  }),
  title: Type.String(),
  description: some("Below the title of a list's row."),
  section: some("What a list's row stands under."),
  url: some("The address that the button opens."),
  phone: some("The number that the button calls."),
  copy: some("The text that the button copies."),
});

export const content = Type.Object(
  {
    kind: Type.Literal("menu"),
    text: Type.String(),
    title: some("Above the text."),
    footer: some("Below the text."),
    button: some("What opens a list; absent where the options are buttons."),
    options: Type.Array(menuOption),
    image: Type.Optional(
      Type.Object(
        { ...file, ...picture },
        { description: "The picture above a menu with buttons; only of one that was sent." },
      ),
    ),
    cards: Type.Optional(
      Type.Array(
        Type.Object({
          text: Type.String(),
          title: some("Above the text."),
          footer: some("Below the text."),
          options: Type.Array(menuOption),
        }),
        { description: "Of a carousel; only received." },
      ),
    ),
    type,
  },
  { description: "Buttons, a list or a template to choose from." },
);

/** Lengths as the Business Platform has them (interactive messages): longer ones are cut or not shown. */
const length = (most: number) => Type.String({ minLength: 1, maxLength: most, description: `1 to ${most} characters` });
const line = Type.Optional(length(60));

const option = Type.Object(
  {
    title: length(24),
    id: Type.Optional(length(256)),
    description: Type.Optional(length(72)),
    section: Type.Optional(length(24)),
    url: Type.Optional(
      Type.String({
        maxLength: 2_000,
        pattern: "^https?://",
        description: "an http(s) address of up to 2,000 characters",
      }),
    ),
    phone: Type.Optional(Type.String({ description: "digits with country code" })),
    copy: Type.Optional(length(256)),
  },
  exact,
);
const imageDraft = Type.Object(source, {
  ...exact,
  description: "a picture above buttons, by url, base64 or media_id",
});
type OptionDraft = Static<typeof option>;

export const draft = Type.Object(
  {
    ...kind("menu"),
    text: length(1_024),
    title: line,
    footer: line,
    button: Type.Optional(length(20)),
    image: Type.Optional(imageDraft),
    options: Type.Array(option, {
      minItems: 1,
      maxItems: 10,
      description: "1 to 3 buttons, or with `button`, which opens a list, 1 to 10 rows",
    }),
  },
  exact,
);

export const words: KindWords<"menu"> = ({ text }) => [text];

type Option = ContentOf<"menu">["options"][number];

const mostButtons = 3;
const longestButton = 20;

/** Buttons, or with `button` a list of rows. Throws `invalid`. */
export const make: Make<"menu"> = async ({ options, image, ...given }, desk) => {
  const isList = given.button !== undefined;
  const made = options.map((option, place) => (isList ? row(option, place) : button(option, place)));
  if (!isList && options.length > mostButtons)
    throw invalid("content.options", `takes 1 to ${mostButtons} buttons; with "button" it is a list of up to 10 rows`);
  unlike(
    made.map(({ title }) => title),
    "title",
  );
  unlike(
    made.map(({ id }) => id),
    "id",
  );
  if (isList && image) throw invalid("content.image", "goes with buttons; a list shows no picture");
  const shown = image && (await pictureOf(image, desk));
  const type = isList ? "listMessage" : "interactiveMessage";
  return { ...given, options: made, ...(shown ? { image: shown } : {}), type };
};

async function pictureOf(image: Static<typeof imageDraft>, desk: DraftLookups): Promise<ContentOf<"menu">["image"]> {
  const made = await desk.file({ kind: "image", ...image }).catch((error: unknown) => {
    throw fileFailure(asFailure(error), "content.image");
  });
  const { kind: _, ...shown } = made as ContentOf<"image">;
  return shown;
}

function row({ url, phone, copy, ...option }: OptionDraft, place: number): Option {
  if (url ?? phone ?? copy) throw invalid(field(place), "takes { id, title, description, section } in a list");
  const { id } = option;
  if (id === undefined) throw invalid(`${field(place)}.id`, "is missing: it is what a choice names");
  return { ...option, id };
}

function button({ description, section, ...option }: OptionDraft, place: number): Option {
  if (description ?? section)
    throw invalid(field(place), 'takes { id, title } where the options are buttons; "button" makes a list');
  const { title, id, url, phone, copy } = option;
  if ([id, url, phone, copy].filter((each) => each !== undefined).length !== 1)
    throw invalid(field(place), "takes a title and one of id, url, phone and copy");
  if (title.length > longestButton)
    throw invalid(`${field(place)}.title`, `takes up to ${longestButton} characters on a button`);
  const digits = phone === undefined ? {} : { phone: phoneNumber(phone, `${field(place)}.phone`) };
  return { ...option, ...digits, id: id ?? url ?? digits.phone ?? copy ?? "" };
}

const field = (place: number): string => `content.options.${place}`;

function unlike(texts: readonly string[], what: string): void {
  const place = texts.findIndex((text, at) => texts.indexOf(text) !== at);
  if (place >= 0) throw invalid(`${field(place)}.${what}`, `takes another ${what} than the options before`);
}
