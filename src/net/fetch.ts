import { isIP } from "node:net";
import type { Clock } from "../core/base/clock.ts";
import { Failure } from "../core/base/failure.ts";
import type { OutgoingRequest, SafeFetch } from "../core/base/safe-fetch.ts";
import { addressKind } from "./address.ts";
import { Allowed } from "./allowed.ts";
import { type Resolve, resolver } from "./resolve.ts";

export interface GuardOptions {
  clock: Clock;
  allowed?: Allowed;
  resolve?: Resolve;
  /** PEM of authorities to trust besides the usual ones. */
  ca?: string;
}

/** How long a name may take to resolve when only its address is judged, milliseconds. */
const checkFor = 5_000;

/** The guarded way out; see the port. */
export function guardedFetch(options: GuardOptions): SafeFetch {
  const { clock, allowed = new Allowed(), resolve = resolver(clock), ca } = options;
  const check = async (text: string): Promise<void> => {
    try {
      await openAddresses(hostOf(httpUrl(text)), allowed, resolve, AbortSignal.timeout(checkFor));
    } catch (error) {
      if (error instanceof Failure) throw error; // a name that nobody knows yet may be known later
    }
  };
  const send: SafeFetch["send"] = async (text, request) => {
    const url = httpUrl(text);
    const { signal, isLate, done } = bounded(request, clock);
    try {
      const via = (await request.way?.open()) ?? null;
      if (via !== null) return await throughProxy(url, via, { ...request, signal }, allowed, ca);
      const addresses = await openAddresses(hostOf(url), request.operatorsWord ? null : allowed, resolve, signal);
      return await firstAnswer(url, addresses, { ...request, signal }, ca);
    } catch (error) {
      const trouble = request.way?.trouble(url.hostname);
      if (trouble) throw new Failure("unavailable", trouble.words, { cause: error });
      if (isLate()) {
        throw new Failure("timeout", `no answer within ${request.timeout / 1000} s`, { cause: error });
      }
      throw error instanceof Failure ? error : new Failure("unavailable", reasonOf(error), { cause: error });
    } finally {
      done();
    }
  };
  return { check, send };
}

/** Aborts with the caller or when the time is up, whichever is first; `AbortSignal.any` costs as much as the request. */
function bounded({ timeout, signal: callers }: OutgoingRequest, clock: Clock) {
  const ours = new AbortController();
  const abort = (): void => ours.abort(callers?.reason);
  let late = false;
  const cancel = clock.after(timeout, () => {
    late = !ours.signal.aborted;
    ours.abort();
  });
  if (callers?.aborted) abort();
  const leave = callers === undefined ? null : follow(callers, abort);
  const done = (): void => {
    cancel();
    leave?.();
  };
  return { signal: ours.signal, isLate: () => late, done };
}

/** What is to be aborted with a signal: one listener for all, since thousands of requests may share a signal. */
const followers = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `abort` when the signal is aborted; what is returned ends that. */
function follow(signal: AbortSignal, abort: () => void): () => void {
  let all = followers.get(signal);
  if (all === undefined) {
    const made = (all = new Set<() => void>());
    followers.set(signal, made);
    signal.addEventListener("abort", () => made.forEach((each) => each()), { once: true });
  }
  const known = all;
  known.add(abort);
  return () => void known.delete(abort);
}

function httpUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return url;
  throw new Failure("invalid", "url takes an http:// or https:// address without a user name in it.", { field: "url" });
}

/** The host without the brackets of IPv6. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

/** Where the host leads, once. */
async function found(host: string, resolve: Resolve, signal: AbortSignal): Promise<string[]> {
  return isIP(host) === 0 ? aborting(resolve(host), signal) : [host];
}

/**
 * The same, if it is open: what was checked is what is connected to, whatever the name says a moment later. Null is: every
 * address is open. Throws `forbidden`.
 */
export async function openAddresses(
  host: string,
  allowed: Allowed | null,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<string[]> {
  const addresses = await found(host, resolve, signal);
  const closed = addresses.find((address) => allowed !== null && !allowed.allows(host, address));
  if (allowed === null || closed === undefined) return addresses;
  const where = closed === host ? `${host} is` : `${host} leads to ${closed},`;
  throw new Failure("forbidden", `${where} a ${addressKind(closed)} address, ${closedWords(allowed, host)}`, {
    field: "url",
  });
}

const closedWords = (allowed: Allowed, host: string): string =>
  `which is kept closed. If it is meant, start Merpati with: ${allowed.lineFor(host)}`;

/** Names that lead nowhere on the internet: whatever resolves them knows a machine of its own by them. */
const insideName = /^[^.]+$|\.(localhost|local|internal|home\.arpa|lan|intranet|corp|home)$/i;

/**
 * Through a proxy nobody here may look a name up, so the proxy's own rules say where it leads. What can be told by the
 * address alone is refused here.
 */
async function throughProxy(
  url: URL,
  via: string,
  { method, headers, body, signal, operatorsWord }: OutgoingRequest,
  allowed: Allowed,
  ca: string | undefined,
): Promise<Response> {
  const host = hostOf(url).replace(/\.$/, "");
  const isInside = isIP(host) !== 0 || insideName.test(host);
  if (!operatorsWord && isInside && !allowed.allows(host, host))
    throw new Failure("forbidden", `${host} is a name or address of the inside, ${closedWords(allowed, host)}`, {
      field: "url",
    });
  return fetch(url.href, {
    method,
    headers: { ...headers, host: url.host },
    redirect: "manual",
    proxy: { url: via, respectNoProxy: false },
    keepalive: false,
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function aborting<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Tries the addresses in turn while nobody is there: one who was there may have taken it. */
async function firstAnswer(
  url: URL,
  addresses: readonly string[],
  request: OutgoingRequest,
  ca: string | undefined,
): Promise<Response> {
  let failure: unknown = null;
  for (const address of addresses) {
    try {
      return await connect(url, address, request, ca);
    } catch (error) {
      if (request.signal?.aborted || !nobodyThere.has(codeOf(error))) throw error;
      failure = error;
    }
  }
  throw failure ?? new Failure("unavailable", `${hostOf(url)} has no address`);
}

function connect(url: URL, address: string, request: OutgoingRequest, ca: string | undefined): Promise<Response> {
  const { method, headers, body, signal } = request;
  const host = hostOf(url);
  const named = isIP(host) === 0 ? { serverName: url.hostname } : {};
  return fetch(address === host ? url.href : at(url, address), {
    method,
    headers: { ...headers, host: url.host },
    redirect: "manual",
    proxy: false,
    tls: { ...named, ...(ca === undefined ? {} : { ca }) },
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function at(url: URL, address: string): string {
  const dialled = new URL(url);
  dialled.hostname = address.includes(":") ? `[${address}]` : address;
  return dialled.href;
}

const nobodyThere: ReadonlySet<string> = new Set(["ECONNREFUSED", "ConnectionRefused", "FailedToOpenSocket"]);

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (/CERT|VERIFY|SIGNED/.test(code)) return `its certificate is not to be trusted (${code})`;
  return reasons[code] ?? `the connection failed${code === "" ? "" : ` (${code})`}`;
}

const reasons: Record<string, string> = {
  ECONNREFUSED: "the connection was refused: nobody listens there",
  ConnectionRefused: "the connection was refused: nobody listens there",
  ECONNRESET: "the receiver closed the connection without an answer",
  ConnectionClosed: "the receiver closed the connection without an answer",
  ENOTFOUND: "the name is not known",
  EAI_AGAIN: "the name cannot be looked up just now",
};
