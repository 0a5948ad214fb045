import { served } from "./base-path.ts";
import { Cell } from "./cell.ts";
import { actingTenant } from "./router.ts";
import { hearClock } from "./server-clock.ts";
import type { Schemas } from "./schemas.ts";

/** Why a call did not work: the server's sentence and its code. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** Seconds after which trying again makes sense. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

export const asApiError = (thrown: unknown): ApiError =>
  thrown instanceof ApiError ? thrown : new ApiError("page", String(thrown));

/** Who is signed in. */
export type Who = Schemas["Session"] & {
  /** Set by the sandbox, whose pages need no key. */
  sandbox?: boolean;
};

/** `undefined` until the server has said who we are; `null` is nobody. */
export const who = new Cell<Who | null | undefined>(undefined);

/** Counts the ways in and out: an answer to what was asked before the last of them tells nothing of now. */
let sessionEpoch = 0;

export const may = (scope: Who["scopes"][number]): boolean => who.value?.scopes.includes(scope) ?? false;

/** A key that is bound to devices makes no other. */
export const mayAddDevice = (): boolean => may("manage") && (who.value?.devices ?? null) === null;

export interface ApiAnswer<T> {
  data: T;
  message?: string;
  cursor?: string | null;
  before?: number | null;
  next?: number | null;
}

/** Posts a file as it is. */
export async function upload<T>(path: string, file: File): Promise<T> {
  const headers = { "content-type": file.type || "application/octet-stream" };
  return (await call<T>(path, { method: "POST", body: file, headers })).data;
}

/** Posts a form, as a file with what stands beside it. */
export const postForm = <T>(path: string, form: FormData): Promise<ApiAnswer<T>> =>
  call<T>(path, { method: "POST", body: form });

/**
 * Calls the public API with the session of this browser, in the tenant that is looked at unless `tenant` names another.
 * Throws an `ApiError`.
 */
export async function request<T>(
  method: string,
  path: string,
  body?: unknown,
  tenant = actingTenant.value,
): Promise<ApiAnswer<T>> {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  return call<T>(path, { method, ...json }, tenant);
}

interface Look {
  path: string;
  stop: AbortController;
}

const looks = new Set<Look>();

/** What there is at `path`; when that is broken off, nothing is ever told. */
export async function getUntilGone<T>(path: string, method = "GET"): Promise<T> {
  const mine: Look = { path, stop: new AbortController() };
  looks.add(mine);
  try {
    return (await call<T>(path, { method, signal: mine.stop.signal })).data;
  } catch (thrown) {
    if (mine.stop.signal.aborted) return new Promise(() => {});
    throw thrown;
  } finally {
    looks.delete(mine);
  }
}

/** Nobody waits any longer for what was looked for where it is gone. */
export function breakOff(gone: (path: string) => boolean): void {
  for (const { path, stop } of looks) if (gone(path)) stop.abort();
}

async function call<T>(path: string, request: RequestInit, tenant = actingTenant.value): Promise<ApiAnswer<T>> {
  const asked = sessionEpoch;
  const response = await reach(path, { ...request, headers: headersFor(path, request, tenant) });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as ApiAnswer<T>;
  if (response.status === 401 && path !== "/session" && asked === sessionEpoch) who.set(null);
  throw apiErrorIn(answer, response);
}

/** The `data` of a GET. */
export const get = async <T>(path: string): Promise<T> => (await request<T>("GET", path)).data;

async function reach(path: string, request: RequestInit): Promise<Response> {
  try {
    const response = await fetch(served(path), { credentials: "same-origin", ...request });
    hearClock(response.headers.get("date"));
    return response;
  } catch {
    throw new ApiError("offline", "The server cannot be reached. Check that Merpati is running.");
  }
}

/** What a tenant has is asked for in the tenant that is looked at. */
const isTenants = (path: string): boolean => /^\/(v1|api)\//.test(path) && !path.startsWith("/v1/admin/");

function headersFor(path: string, { headers }: RequestInit, tenant: string | null): Headers {
  const all = new Headers(headers);
  if (tenant !== null && isTenants(path)) all.set("x-tenant", tenant);
  return all;
}

/** The address of a picture, a download or a stream, which can set no header. */
export function inTenant(path: string): string {
  if (actingTenant.value === null || !isTenants(path)) return served(path);
  return served(`${path}${path.includes("?") ? "&" : "?"}tenant=${encodeURIComponent(actingTenant.value)}`);
}

function apiErrorIn(answer: unknown, response: Response): ApiError {
  const { error, code } = (answer ?? {}) as { error?: string; code?: string };
  const after = Number(response.headers.get("retry-after") ?? Number.NaN);
  const sentence = error ?? `The server answered ${response.status}.`;
  return new ApiError(code ?? "internal", sentence, Number.isNaN(after) ? null : after);
}

/** Asks who we are, and lets everybody know. */
export async function recognise(): Promise<void> {
  const asked = sessionEpoch;
  const found = await get<Who | null>("/session").catch((trouble: unknown) => {
    if (trouble instanceof ApiError && trouble.code === "unauthorized") return null;
    throw trouble;
  });
  if (asked === sessionEpoch) who.set(found);
}

export async function signIn(key: string): Promise<void> {
  const { data } = await request<Who>("POST", "/session", { key });
  sessionEpoch += 1;
  who.set(data);
}

/** `everywhere`: out of every browser that signed in with the same key. */
export async function signOut(everywhere = false): Promise<void> {
  await request("DELETE", `/session${everywhere ? "?everywhere=true" : ""}`);
  sessionEpoch += 1;
  who.set(null);
}
