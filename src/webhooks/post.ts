import type { Clock } from "../core/base/clock.ts";
import type { Endpoint } from "../core/ports/endpoint.ts";
import type { Outcome } from "../core/ports/deliveries.ts";
import type { BotEvent } from "../core/model/events/events.ts";
import { Failure } from "../core/base/failure.ts";
import type { SafeFetch } from "../core/base/safe-fetch.ts";
import type { WebhookPoster } from "../core/webhooks/webhooks.ts";
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
  /** The `traceparent` of what an event follows from, if it is traced. */
  traceOf?: (event: BotEvent) => string | null;
}

/** Posts events to endpoints. A receiver that does not take one is an outcome, never a throw. */
export function poster(
  { send }: Pick<SafeFetch, "send">,
  { clock, version, bodyOf, rawOf, traceOf = () => null }: PosterOptions,
): WebhookPoster {
  return async (endpoint, event, signal, patience = usualPatience) => {
    const raw = endpoint.raw ? await rawOf?.(endpoint, event) : undefined;
    const body = JSON.stringify({ ...bodyOf(event), raw });
    const secrets = endpoint.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > clock.now());
    const trace = traceOf(event);
    const headers = {
      ...(trace !== null && { traceparent: trace }),
      ...endpoint.headers,
      "content-type": "application/json",
      "user-agent": `Merpati/${version}`,
      ...signed(
        { id: event.id, type: event.type, body, at: clock.now() },
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

async function outcomeOf(response: Response, clock: Clock, replies: boolean): Promise<Outcome> {
  const { status } = response;
  const isTaken = status >= 200 && status < 300;
  const whole = await answerTo(response, clock, replies && isTaken ? readForReplies : readForLog);
  const answer = whole.slice(0, readForLog.most);
  if (isTaken) return { ok: true, status, response: answer, ...(replies && { answer: whole }) };
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
