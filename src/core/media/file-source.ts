import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { inTime } from "../base/in-time.ts";
import type { SafeFetch } from "../base/safe-fetch.ts";

/** A file to be kept, as its bringer describes it. */
export interface Brought {
  bytes: AsyncIterable<Uint8Array>;
  /** The type that the caller gives. */
  mime?: string;
  /** The type that stands on the way: in a response header, a form part or a `data:` prefix. Often a guess. */
  header?: string;
  name?: string;
}

/** How long a file's address may take to answer, and how long until the whole of it is here, milliseconds. */
const fetchMs = 20_000;
const wholeMs = 45_000;

/** What an address leads to. Throws `invalid` and what `SafeFetch` throws; its bytes throw `timeout`. */
export async function downloaded(url: string, { fetch, clock }: { fetch: SafeFetch; clock: Clock }): Promise<Brought> {
  const response = await fetch.send(url, { method: "GET", timeout: fetchMs });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Failure("invalid", `it answers ${response.status} instead of a file.${hintOf(response)}`);
  }
  const header = response.headers.get("content-type");
  const bytes = inTime(response.body, clock, wholeMs);
  return { bytes, name: nameIn(url), ...(header ? { header } : {}) };
}

function hintOf({ status }: Response): string {
  return status >= 300 && status < 400 ? " Redirects are not followed: give the address it leads to." : "";
}

/** The last part of an address; empty when it has none. */
function nameIn(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
  } catch {
    return "";
  }
}

const dataPrefix = /^data:([^,]{0,255}?);base64,/;

/** The bytes that a text in base64 stands for, with either alphabet, and the type in its `data:` prefix. */
export function inBase64(text: string): Brought {
  const prefix = dataPrefix.exec(text);
  const bytes = decoded(prefix ? text.slice(prefix[0].length) : text);
  return { bytes, ...(prefix?.[1] ? { header: prefix[1] } : {}) };
}

/** Throws `invalid`. */
async function* decoded(plain: string): AsyncIterable<Uint8Array> {
  try {
    yield Uint8Array.fromBase64(plain, { alphabet: /[-_]/.test(plain) ? "base64url" : "base64" });
  } catch {
    throw new Failure("invalid", "it is no base64, or not the whole of it.");
  }
}
