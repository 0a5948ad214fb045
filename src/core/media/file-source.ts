import type { Clock } from "../base/clock.ts";
import { typeOfFile } from "../model/draft/media.ts";
import { Failure } from "../base/failure.ts";
import { inTime } from "../base/in-time.ts";
import type { SafeFetch } from "../base/safe-fetch.ts";

/** A file to be kept, as its bringer describes it. */
export interface Brought {
  bytes: AsyncIterable<Uint8Array>;
  mime?: string;
  name?: string;
}

/** How long a file's address may take to answer, and how long until the whole of it is here, milliseconds. */
const fetchMs = 20_000;
const wholeMs = 45_000;

const typed = new RegExp(typeOfFile);

/** What an address leads to. Throws `invalid` and what `SafeFetch` throws; its bytes throw `timeout`. */
export async function downloaded(url: string, { fetch, clock }: { fetch: SafeFetch; clock: Clock }): Promise<Brought> {
  const response = await fetch.send(url, { method: "GET", timeout: fetchMs });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Failure("invalid", `it answers ${response.status} instead of a file.${hintOf(response)}`);
  }
  const mime = response.headers.get("content-type");
  const bytes = inTime(response.body, clock, wholeMs);
  return { bytes, name: nameIn(url), ...(mime ? { mime } : {}) };
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

/** The bytes that a text in base64 stands for, with either alphabet. Throws `invalid`. */
export async function* decoded(base64: string): AsyncIterable<Uint8Array> {
  const plain = base64.replace(/^data:[^,]*;base64,/, "");
  try {
    yield Uint8Array.fromBase64(plain, { alphabet: /[-_]/.test(plain) ? "base64url" : "base64" });
  } catch {
    throw new Failure("invalid", "it is no base64, or not the whole of it.");
  }
}

/** A name that is no path and can be seen whole; null when nothing is left of it. */
export function fileName(given: string | undefined): string | null {
  const name = (given ?? "")
    .replace(/[/\\\p{Cc}]/gu, "_")
    .slice(0, 255)
    .toWellFormed();
  return /^\s*$|^\.{1,2}$/.test(name) ? null : name;
}

/** A type of files as somebody calls it; undefined for what is none. */
export const fileType = (given: string | undefined): string | undefined =>
  given !== undefined && given.length <= 255 && typed.test(given) ? given : undefined;
