import createFetchClient, { type Client as FetchClient } from "openapi-fetch";
import { type Fetch, type RetryOptions, withRetries } from "./retry.ts";
import type { paths } from "./schema.ts";

export type { Fetch } from "./retry.ts";

export interface ClientOptions extends RetryOptions {
  /** `http://localhost:3000` */
  readonly url: string;
  /** An API key. */
  readonly key: string;
  /** Of an admin key: the tenant to act in. */
  readonly tenant?: string;
  readonly fetch?: Fetch;
}

/** Every call by its path: `client.POST("/v1/devices/{device}/messages", { params: …, body: … })`. */
export type Client = FetchClient<paths>;

export function createClient({
  url,
  key,
  tenant,
  fetch: send = (request) => fetch(request),
  ...retry
}: ClientOptions): Client {
  return createFetchClient<paths>({
    baseUrl: url.replace(/\/+$/, ""),
    headers: { "x-api-key": key, ...(tenant === undefined ? {} : { "x-tenant": tenant }) },
    fetch: withRetries(send, retry),
    // Lists in an address stand with commas.
    querySerializer: { array: { style: "form", explode: false } },
  });
}
