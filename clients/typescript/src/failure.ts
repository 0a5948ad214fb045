import type { components } from "./schema.ts";

type Code = components["schemas"]["FailureCode"];

/** What the server refused. `code` is for programs, the message a sentence for people. */
export class MerpatiError extends Error {
  override readonly name = "MerpatiError";
  readonly status: number;
  /** Null when the answer was not the server's own, as of a proxy. */
  readonly code: Code | null;
  /** Names the call in the server's log. */
  readonly requestId: string | null;

  constructor(response: Response, failure: unknown) {
    const { error, code } = (failure ?? {}) as { error?: string; code?: Code };
    super(error ?? `status ${response.status}`);
    this.status = response.status;
    this.code = code ?? null;
    this.requestId = response.headers.get("x-request-id");
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer, or a `MerpatiError` thrown: `need(await client.GET("/v1/devices"))`. */
export function need<T>({ data, error, response }: Answer<T>): NonNullable<T> {
  if (error !== undefined || data === undefined || data === null) throw new MerpatiError(response, error);
  return data;
}
