import type { Clock } from "../core/base/clock.ts";
import type { Endpoint } from "../core/ports/endpoint.ts";
import type { Outcome } from "../core/ports/deliveries.ts";
import type { BotEvent } from "../core/model/events/events.ts";
import { Failure } from "../core/base/failure.ts";
import type { SafeFetch } from "../core/base/safe-fetch.ts";
import type { WebhookPoster } from "../core/webhooks/webhooks.ts";
import { isList } from "../core/webhooks/delivery-rule.ts";
import { longestReply } from "../core/webhooks/replies.ts";
import { answerTo } from "./answer.ts";
import { signed } from "./sign.ts";

/** How long a receiver may take to answer a delivery, milliseconds. */
const usualPatience = 15_000;

/** How much of an answer is read and how long for, bytes and milliseconds. The status has decided already. */
const readForLog = { most: 2_048, patience: 1_000 };
const readForReplies = { most: longestReply, patience: 5_000 };

export interface PosterOptions {
  clock: Clock;
  /** Of this program. */
  version: string;
  /** An event in the words of the receiver's face: the same bytes at every attempt. */
  bodyOf: (event: BotEvent) => object;
  /** The message that an event tells of, as WhatsApp has it; null of what is not kept, undefined of other events. */
  rawOf?: (endpoint: Endpoint, event: BotEvent) => Promise<object | null | undefined>;
  /** The event with what this endpoint may have of its files. */
  filesIn?: (endpoint: Endpoint, event: BotEvent) => Promise<BotEvent>;
  /** The `traceparent` of what an event follows from, if it is traced. */
  traceOf?: (event: BotEvent) => string | null;
}

/** Posts events to endpoints. A receiver that does not take one is an outcome, never a throw. */
export function poster(
  { send }: Pick<SafeFetch, "send">,
  { clock, version, bodyOf, rawOf, filesIn, traceOf = () => null }: PosterOptions,
): WebhookPoster {
  const shown = async (endpoint: Endpoint, event: BotEvent) => {
    const raw = endpoint.raw ? await rawOf?.(endpoint, event) : undefined;
    return { ...bodyOf((await filesIn?.(endpoint, event)) ?? event), raw };
  };
  return async (endpoint, events, signal, patience = usualPatience) => {
    const list = isList(endpoint);
    const bodies = await Promise.all(events.map((event) => shown(endpoint, event)));
    const body = JSON.stringify(list ? bodies : bodies[0]);
    const [first] = events;
    if (first === undefined) return { ok: false, final: true, error: "there is no event to deliver" };
    const secrets = endpoint.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > clock.now());
    const trace = traceOf(first);
    const headers = {
      ...(trace !== null && { traceparent: trace }),
      ...endpoint.headers,
      "content-type": "application/json",
      "user-agent": `Merpati/${version}`,
      ...signed(
        { id: deliveryId(events), type: list ? "list" : first.type, body, at: clock.now() },
        secrets.map(({ secret }) => secret),
      ),
    };
    try {
      const operatorsWord = endpoint.origin === "environment";
      const request = { method: "POST", headers, body, timeout: patience, signal, operatorsWord } as const;
      return await outcomeOf(await send(endpoint.url, request), clock, endpoint.replies);
    } catch (error) {
      if (error instanceof Failure) return { ok: false, error: error.message };
      throw error;
    }
  };
}

/** The same for the same events. One list is not another that begins alike, or who knows it would leave out the rest. */
function deliveryId(events: readonly BotEvent[]): string {
  const [first] = events;
  if (events.length === 1 && first !== undefined) return first.id;
  return `list_${new Bun.CryptoHasher("sha256")
    .update(events.map(({ id }) => id).join())
    .digest("hex")
    .slice(0, 32)}`;
}

async function outcomeOf(response: Response, clock: Clock, replies: boolean): Promise<Outcome> {
  const { status } = response;
  const isTaken = status >= 200 && status < 300;
  const read = await answerTo(response, clock, replies && isTaken ? readForReplies : readForLog);
  const answer = read.text.slice(0, readForLog.most);
  if (isTaken) return { ok: true, status, response: answer, ...(replies && { answer: read }) };
  const moved = status >= 300 && status < 400 && response.headers.has("location");
  const redirect = moved ? ": redirects are not followed, give the final address" : "";
  const retryAfter = waitAsked(response.headers.get("retry-after"), clock.now());
  return {
    ok: false,
    status,
    response: answer,
    error: `status ${status}${redirect}`,
    ...(retryAfter === null ? {} : { retryAfter }),
  };
}

/** Milliseconds, from seconds or a date. */
function waitAsked(header: string | null, now: number): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}
