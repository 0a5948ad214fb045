import { Failure } from "../base/failure.ts";
import { type BotEvent, is } from "../model/events/events.ts";
import { draftContext, draftOptions } from "../model/content/draft.ts";
import type { Draft } from "../model/message/message.ts";
import type { Endpoint } from "../ports/endpoint.ts";
import type { Outcome, ReadAnswer } from "../ports/deliveries.ts";

/** How much of an answer is read for its replies, bytes. */
export const longestReply = 65_536;
/** Drafts in one answer. */
const mostReplies = 10;

/** Queues one message of a tenant's device. The same `key` with the same draft is the same message. */
export type SendReply = (endpoint: Endpoint, device: string, draft: Draft, key: string) => Promise<unknown>;

/** Trying again changes it: the event is delivered once more. */
const passing: ReadonlySet<Failure["code"]> = new Set([
  "unavailable",
  "timeout",
  "queue_full",
  "over_budget",
  "rate_limited",
]);

/**
 * Sends what a receiver answered to an event into the chat of the event. Each reply has the idempotency key of the event, the
 * webhook and its place, so that it is sent once however often the event is delivered. What cannot be sent is told in
 * the delivery's `error`; the receiver has the event all the same.
 */
export async function sendReplies(
  endpoint: Endpoint,
  events: readonly BotEvent[],
  outcome: Outcome,
  send: SendReply,
): Promise<Outcome> {
  const { answer, ...kept } = outcome;
  if (!outcome.ok || answer === undefined || answer.text.trim() === "") return kept;
  try {
    const drafts = draftsIn(answer);
    if (drafts.length === 0) return kept;
    // Of a burst its last message is answered.
    const event = events.findLast(isAnswerable) ?? events[0];
    if (event === undefined) return kept;
    const { chat, device } = conversationOf(event);
    for (const [place, draft] of drafts.entries())
      await send(endpoint, device, { ...draft, to: chat }, `reply:${endpoint.id}:${event.id}:${place}`).catch(
        unlessSent(`reply ${place + 1}`),
      );
    return kept;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...kept, ok: !passing.has(error.code), error: error.message };
  }
}

/** The receiver answered otherwise the second time: what it said first is on its way. */
const unlessSent =
  (which: string) =>
  (error: unknown): void => {
    if (!(error instanceof Failure)) throw error;
    if (error.code === "idempotency_conflict") return;
    throw new Failure(error.code, `${which} was not sent: ${error.message}`);
  };

/** Only what somebody else did in a chat is answered: a bot that answers itself never ends. */
const isAnswerable = (event: BotEvent): boolean =>
  "from_me" in event.data && event.data.from_me === false && event.device !== null && !is(event, "channel.post");

function conversationOf(event: BotEvent): { chat: string; device: string } {
  const from = "from_me" in event.data && "chat" in event.data ? event.data : null;
  if (from === null || event.device === null || !isAnswerable(event))
    throw new Failure(
      "invalid",
      `The answer has a reply, and ${event.type} is nothing that somebody said to this account.`,
    );
  return { chat: from.chat, device: event.device };
}

const fields = new Set(["text", "content", ...Object.keys(draftContext), ...Object.keys(draftOptions)]);

/** The drafts in an answer; none in one that is no JSON, or has no `reply`. Throws `invalid`. */
function draftsIn(answer: ReadAnswer): Omit<Draft, "to">[] {
  const body = jsonOf(answer.text);
  if (!isObject(body) || !("reply" in body)) {
    needNoReply(body, answer);
    return [];
  }
  if (answer.fault !== null) throw unreadable(answer.fault);
  const { reply } = body;
  if (reply === null) return [];
  const drafts: unknown[] = Array.isArray(reply) ? reply : [reply];
  if (drafts.length > mostReplies)
    throw new Failure("invalid", `"reply" takes up to ${mostReplies} drafts in one answer, not ${drafts.length}.`);
  return drafts.map((draft, place) => draftOf(draft, Array.isArray(reply) ? `reply.${place}` : "reply"));
}

/** What was meant as a reply and cannot be read as one is told: whoever wrote it waits for it. Throws `invalid`. */
function needNoReply(body: unknown, { text, fault }: ReadAnswer): void {
  if (body === undefined && /["']reply["']/.test(text)) throw unreadable(fault);
  if (Array.isArray(body) && body.some((each) => isObject(each) && "reply" in each))
    throw new Failure("invalid", 'The answer is a list: it takes an object like { "reply": [{ "text": "Halo!" }] }.');
  const meant = isObject(body) ? Object.keys(body).find((name) => /^repl(y|ies)$/i.test(name)) : undefined;
  if (meant !== undefined) throw new Failure("invalid", `"${meant}" in the answer is not read: call it "reply".`);
}

function unreadable(fault: ReadAnswer["fault"]): Failure {
  const sentences = {
    none: "The answer is no JSON: look at what your server prints before and behind it.",
    charset: "The answer is not in the character set that its Content-Type names: send UTF-8.",
    cut: `The answer is longer than ${longestReply} bytes, or was not whole in time: upload files first, and answer with their "media_id".`,
  };
  return new Failure("invalid", `The reply was not sent. ${sentences[fault ?? "none"]}`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function draftOf(given: unknown, at: string): Omit<Draft, "to"> {
  if (!isObject(given))
    throw new Failure("invalid", `"${at}" takes an object like { "text": "Halo!" }, or a list of them.`);
  const stray = Object.keys(given).find((name) => !fields.has(name));
  if (stray !== undefined)
    throw new Failure("invalid", `"${at}.${stray}" is not a field here: there are ${[...fields].join(", ")}.`);
  const { text, content, ...rest } = given as { text?: unknown; content?: Draft["content"] };
  if ((text === undefined) === (content === undefined))
    throw new Failure("invalid", `"${at}" takes either "text" or "content".`);
  return { ...rest, content: content ?? ({ kind: "text", text } as Draft["content"]) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // "ok", as most receivers answer
  }
}
