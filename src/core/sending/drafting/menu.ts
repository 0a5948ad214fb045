import { invalid } from "../../model/content/aim.ts";
import type { ContentOf } from "../../model/content/content.ts";
import type { DraftOf } from "../../model/content/draft.ts";
import type { OptionDraft } from "../../model/content/draft-menu.ts";
import { phoneNumber } from "../../model/recipient.ts";

type Option = ContentOf<"menu">["options"][number];

const mostButtons = 3;
const longestButton = 20;

/** Buttons, or with `button` a list of rows. Throws `invalid`. */
export function menu({ options, ...draft }: DraftOf<"menu">): ContentOf<"menu"> {
  const isList = draft.button !== undefined;
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
  return { ...draft, options: made, type: isList ? "listMessage" : "interactiveMessage" };
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
