import { type LoginRefusal, loginRefusalFields } from "../../core/model/login-refusal.ts";
import type { ProxyTrouble } from "../../core/base/way-out.ts";
import type { Origin } from "../../core/model/phase.ts";

export interface Closing {
  code: number | null;
  origin: Origin;
  /** For the log: Baileys' own words, which hold no data. */
  detail: string;
  /** Milliseconds that WhatsApp said to stay away. */
  delay?: number;
  /** What WhatsApp said when it refused the login. */
  failure?: LoginRefusal;
  /** The device's proxy let nothing through. */
  proxy?: ProxyTrouble["reason"];
}

interface BoomLike {
  message?: string;
  data?: unknown;
  output?: { statusCode?: number };
}

/**
 * What ended a connection. One number means different things by where it came from: a proxy's HTTP 401 is not
 * WhatsApp's 401, and a thrown protobuf error has no number at all.
 */
export function closing(error: unknown): Closing {
  const { message = "", output, data } = (error ?? {}) as BoomLike;
  const code = output?.statusCode ?? null;
  if (message.startsWith("Stream Errored")) return { code, origin: "stream", detail: message };
  if (message === "Connection Failure")
    return { code, origin: "failure", detail: message, ...expiry(data), ...saidOf(data) };
  if (message.startsWith("WebSocket Error"))
    return { code: httpStatus(message) ?? code, origin: "socket", detail: "websocket error" };
  if (code === null) return { code, origin: "exception", detail: error instanceof Error ? error.name : "unknown" };
  return { code, origin: "local", detail: message };
}

/** Longer than any sentence; what is beyond is cut off. */
const mostSaid = 2_000;

function saidOf(attributes: unknown): { failure?: LoginRefusal } {
  const said = (attributes ?? {}) as Record<string, unknown>;
  const known = loginRefusalFields.flatMap((name) => {
    const value = said[name];
    return typeof value === "string" && value !== "" ? [[name, value.slice(0, mostSaid)]] : [];
  });
  return known.length > 0 ? { failure: Object.fromEntries(known) as LoginRefusal } : {};
}

/** Of a temporary ban: the seconds it still lasts. */
function expiry(attributes: unknown): { delay?: number } {
  const { expire } = (attributes ?? {}) as { expire?: unknown };
  const seconds = typeof expire === "string" ? Number(expire) : Number.NaN;
  return seconds > 0 && seconds < 10 * 365 * 86_400 ? { delay: Math.round(seconds * 1000) } : {};
}

/** Bun's and ws' wording of a refused upgrade both end with the status. */
function httpStatus(message: string): number | null {
  const found = /(?:response|status code):? (\d{3})/i.exec(message);
  return found ? Number(found[1]) : null;
}
