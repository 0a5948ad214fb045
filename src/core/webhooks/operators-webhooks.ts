import { day } from "../base/durations.ts";
import { type Endpoint, plainDelivery } from "../ports/endpoint.ts";
import { homeTenant } from "../ports/tenants.ts";
import { newSecret, rotated, secretBytes } from "./webhook-secret.ts";

/** What the operator said in the environment: WEBHOOK_URL, WEBHOOK_SECRET, WEBHOOK_EVENTS, WEBHOOK_RAW. */
export interface OperatorsWebhooks {
  urls: readonly string[];
  secret: string | null;
  events: readonly string[];
  raw: boolean;
}

/** For how long a WEBHOOK_SECRET that was replaced signs beside the new one, milliseconds. */
const overlap = day;

/** The endpoints that the environment asks for, made from what is kept of them. Throws `invalid` for a bad secret. */
export function operatorsEndpoints(
  { urls, secret, events, raw }: OperatorsWebhooks,
  kept: (id: string) => Endpoint | undefined,
  now: number,
  hash: (text: string) => string,
): Endpoint[] {
  if (secret !== null) secretBytes(secret, "WEBHOOK_SECRET");
  const wanted = new Map(urls.map((url) => [`env-${hash(url).slice(0, 12)}`, url]));
  return [...wanted].map(([id, url]) => endpointOf({ id, url, events: [...events], raw }, secret, kept(id), now));
}

function endpointOf(
  { id, url: given, events, raw }: Pick<Endpoint, "id" | "url" | "events" | "raw">,
  secret: string | null,
  kept: Endpoint | undefined,
  now: number,
): Endpoint {
  const before = kept?.secrets ?? [];
  const said = {
    ...withoutUser(given),
    events,
    raw,
    secrets: rotated(before, secret ?? before[0]?.secret ?? newSecret(), overlap, now),
  };
  const same =
    kept !== undefined && (["url", "headers", "events", "raw"] as const).every((at) => equal(kept[at], said[at]));
  return {
    ...plainDelivery,
    ...said,
    id,
    tenant: homeTenant,
    description: null,
    devices: null,
    state: kept?.state === "paused" ? "paused" : "active", // a start is a new chance
    reason: null,
    origin: "environment",
    failingSince: kept?.state === "disabled" ? null : (kept?.failingSince ?? null),
    createdAt: kept?.createdAt ?? now,
    updatedAt: same && before[0]?.secret === said.secrets[0]?.secret ? kept.updatedAt : now,
  };
}

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** `https://user:password@host/` says who we are in the way HTTP has for it: a header. */
function withoutUser(text: string): { url: string; headers: Record<string, string> } {
  const url = new URL(text);
  if (url.username === "") return { url: text, headers: {} };
  const credentials = `${decoded(url.username)}:${decoded(url.password)}`;
  url.username = "";
  url.password = "";
  const bytes = String.fromCharCode(...new TextEncoder().encode(credentials));
  return { url: url.href, headers: { authorization: `Basic ${btoa(bytes)}` } };
}

/** A lone % in a password stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
