import { type BulkDraft, mostInBulk } from "../../ports/bulk.ts";
import { asFailure, Failure } from "../../base/failure.ts";
import type { Draft } from "../../model/message/message.ts";
import { recipient } from "../../model/recipient.ts";

/** A draft, and where its caller named what: `to.3`, `messages.3`. */
export interface Part {
  draft: Draft;
  name: string;
}

/** The drafts of a bulk, one for each message. Throws `invalid`. */
export function partsOf(asked: BulkDraft, now: number): Part[] {
  const [name, count] = "to" in asked ? ["to", asked.to.length] : ["messages", asked.messages.length];
  if (count === 0 || count > mostInBulk)
    throw new Failure("invalid", `"${name}" takes 1 to ${mostInBulk} of them, not ${count}.`, { field: name });
  const { interval, send_at: sendAt, max_wait: maxWait } = asked;
  const options = {
    ...(sendAt === undefined ? {} : { send_at: sendAt }),
    ...(maxWait === undefined ? {} : { max_wait: maxWait }),
  };
  const parts =
    "to" in asked
      ? recipientsOf(asked.to).map((to, place) => ({ draft: { ...options, ...asked.draft, to }, name: `to.${place}` }))
      : asked.messages.map((draft, place) => ({ draft: { ...options, ...draft }, name: `messages.${place}` }));
  if (interval === undefined) return parts;
  const first = sendAt ?? Math.ceil(now / 1000);
  return parts.map(({ draft, name }, place) => {
    if ("messages" in asked && asked.messages[place]?.send_at !== undefined)
      throw new Failure("invalid", `"${name}.send_at" does not go with "interval": leave out one of the two.`, {
        field: `${name}.send_at`,
      });
    const spaced = place === 0 && sendAt === undefined ? {} : { send_at: first + place * interval };
    return { draft: { ...draft, ...spaced }, name };
  });
}

/** The same, each named once. Throws `invalid`. */
function recipientsOf(to: readonly string[]): readonly string[] {
  const places = new Map<string, number>();
  for (const [place, each] of to.entries()) {
    const chat = chatOf(each, `to.${place}`);
    const before = places.get(chat);
    if (before !== undefined)
      throw new Failure("invalid", `"to.${place}" is the same as "to.${before}": name everybody once.`, {
        field: `to.${place}`,
      });
    places.set(chat, place);
  }
  return to;
}

function chatOf(to: string, name: string): string {
  try {
    return recipient(to);
  } catch (error) {
    throw located(asFailure(error), name);
  }
}

/** The same refusal, saying of which of many it is. */
export function located({ code, message, field, retryAfter, cause }: Failure, name: string): Failure {
  const within = name.startsWith("to.") ? (field === "to" ? name : field) : [name, field].filter(Boolean).join(".");
  const named = field !== undefined && within !== field && message.includes(`"${field}"`);
  const sentence = named ? message.replace(`"${field}"`, `"${within}"`) : `"${name}": ${message}`;
  return new Failure(code, sentence, {
    cause,
    ...(within === undefined ? {} : { field: within }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}
