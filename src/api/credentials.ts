import { Failure } from "../core/base/failure.ts";

/** Where a key may stand. */
export interface KeyPlaces {
  readonly headers: readonly string[];
  /** In `Authorization`, as `Bearer <key>`. */
  readonly bearer: boolean;
  /** Fields of a Socket.IO client's `auth` and of its query. */
  readonly fields: readonly string[];
}

export const usualKeys: KeyPlaces = {
  headers: ["x-api-key"],
  bearer: true,
  fields: ["key", "apiKey", "api_key", "x-api-key", "token"],
};

/** The key of a request. Null when it brings none. Throws `unauthorized` when it brings two different ones. */
export function apiKeyOf(headers: Headers, { headers: names, bearer }: KeyPlaces = usualKeys): string | null {
  const found = names.map((name) => headers.get(name));
  return onlyOne(bearer ? [...found, bearerIn(headers.get("authorization"))] : found);
}

/** The key of a Socket.IO client: in its `auth`, its headers or its query, wherever one of the faces has it. */
export function keyOfClient(
  faces: readonly KeyPlaces[],
  auth: Record<string, unknown>,
  headers: Headers,
  query: Record<string, unknown>,
): string | null {
  const named = (from: Record<string, unknown>, { fields }: KeyPlaces) =>
    fields.map((field) => from[field]).filter((key) => typeof key === "string");
  return onlyOne(
    faces.flatMap((places) => [...named(auth, places), ...named(query, places), apiKeyOf(headers, places)]),
  );
}

/** The one key among several places where it may stand. */
export function onlyOne(candidates: readonly (string | null | undefined)[]): string | null {
  const keys = new Set(candidates.filter((key) => key !== null && key !== undefined && key !== ""));
  if (keys.size > 1) throw new Failure("unauthorized", "The request carries two different keys: send one.");
  const [key] = keys;
  return key ?? null;
}

const bearerIn = (header: string | null) => /^Bearer +(\S+)$/i.exec(header ?? "")?.[1] ?? null;
