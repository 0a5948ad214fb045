import { type BulkDraft, isOnce, mostInBulk } from "../../ports/bulk.ts";
import { breathe } from "../../base/breathe.ts";
import { Failure } from "../../base/failure.ts";
import type { Draft } from "../../model/message/message.ts";
import type { RowRefusals } from "./row-refusals.ts";

/** A draft, and where its caller named what: `to.3`, `messages.3`. */
export interface Part {
  draft: Draft;
  name: string;
  place: number;
}

/** Whom rows are for. */
export interface RowAddressees {
  /** The JID that a row's `to` means. Throws what is wrong with it. */
  jidOf(to: string, field: string): Promise<string>;
  /** The one name of whoever a JID names. */
  nameOf(jid: string): Promise<string>;
}

/** Rows that are looked at in one turn of the event loop. */
const slice = 200;

/** The drafts of a bulk, one for each message, but those that `refusals` got. Throws `invalid`. */
export async function partsOf(
  asked: BulkDraft,
  now: number,
  { refusals, addressees }: { refusals: RowRefusals; addressees: RowAddressees },
): Promise<Part[]> {
  const rows = rowsOf(asked);
  const toEachOnce = isOnce(asked);
  /** Where everybody has their first row. */
  const places = new Map<string, number>();
  const { interval, send_at: sendAt, max_wait: maxWait } = asked;
  const options = {
    ...(sendAt === undefined ? {} : { send_at: sendAt }),
    ...(maxWait === undefined ? {} : { max_wait: maxWait }),
  };
  const first = sendAt ?? Math.ceil(now / 1000);
  const parts: Part[] = [];
  for (const [place, { name, said }] of rows.entries()) {
    if (place % slice === slice - 1) await breathe();
    try {
      if (said instanceof Failure) throw said;
      if (interval !== undefined && "messages" in asked && said.send_at !== undefined)
        throw refused(`${name}.send_at`, `does not go with "interval": leave out one of the two`);
      const to = await addressees.jidOf(said.to, fieldOf(name));
      const chat = toEachOnce ? await addressees.nameOf(to) : to;
      const before = toEachOnce ? places.get(chat) : undefined;
      if (before !== undefined)
        throw refused(fieldOf(name), `is the same as "${fieldOf(rows[before]?.name ?? "")}": name everybody once`);
      places.set(chat, place);
      const moment =
        interval === undefined || (place === 0 && sendAt === undefined) ? {} : { send_at: first + place * interval };
      parts.push({ name, place, draft: { ...options, ...said, ...moment, to } });
    } catch (error) {
      refusals.add(place, error);
    }
  }
  return parts;
}

interface BulkRow {
  said: Draft | Failure;
  name: string;
}

function rowsOf(asked: BulkDraft): BulkRow[] {
  const [name, count] = "to" in asked ? ["to", asked.to.length] : ["messages", asked.messages.length];
  if (count === 0 || count > mostInBulk)
    throw new Failure("invalid", `"${name}" takes 1 to ${mostInBulk} of them, not ${count}.`, { field: name });
  if ("to" in asked) return asked.to.map((to, place) => ({ said: { ...asked.draft, to }, name: `to.${place}` }));
  const { names = [] } = asked;
  return asked.messages.map((said, place) => ({ said, name: names[place] ?? `messages.${place}` }));
}

/** The field of a row that says whom it is for. */
const fieldOf = (name: string): string => (name.startsWith("to.") ? name : `${name}.to`);

const refused = (field: string, sentence: string): Failure =>
  new Failure("invalid", `"${field}" ${sentence}.`, { field });

/** The same refusal, saying of which of many it is. */
export function located({ code, message, field, retryAfter, cause }: Failure, name: string): Failure {
  // A row of a table has columns, and no content with fields.
  const there = name.startsWith("row.") ? field?.replace(/^content\./, "") : field;
  const within = name.startsWith("to.") ? (field === "to" ? name : field) : [name, there].filter(Boolean).join(".");
  const named = field !== undefined && within !== field && message.includes(`"${field}"`);
  const sentence = named ? message.replace(`"${field}"`, `"${within}"`) : `"${name}": ${message}`;
  return new Failure(code, sentence, {
    cause,
    ...(within === undefined ? {} : { field: within }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}
