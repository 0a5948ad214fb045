import { Failure } from "../core/base/failure.ts";

/**
 * The key of a request: `x-api-key` or `Authorization: Bearer`. Null when it brings none.
 * Throws `unauthorized` when it brings two different ones.
 */
export function keyOf(headers: Headers): string | null {
  return onlyOne([headers.get("x-api-key"), bearer(headers.get("authorization"))]);
}

const places = ["key", "apiKey", "api_key", "x-api-key", "token"];

const named = (from: Record<string, unknown>) =>
  places.map((place) => from[place]).filter((key) => typeof key === "string");

/** The key of a Socket.IO client: in its `auth`, its headers or its query. */
export function keyOfClient(auth: Record<string, unknown>, headers: Headers, query: Record<string, unknown>) {
  return onlyOne([...named(auth), ...named(query), keyOf(headers)]);
}

/** The one key among several places where it may stand. */
export function onlyOne(candidates: readonly (string | null | undefined)[]): string | null {
  const keys = new Set(candidates.filter((key) => key !== null && key !== undefined && key !== ""));
  if (keys.size > 1) throw new Failure("unauthorized", "The request carries two different keys: send one.");
  const [key] = keys;
  return key ?? null;
}

const bearer = (header: string | null) => /^Bearer +(\S+)$/i.exec(header ?? "")?.[1] ?? null;
