import { Base64Reader } from "./base64-reader.ts";
import { breathe } from "../base/breathe.ts";
import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { fileTooLarge } from "../base/file-too-large.ts";
import { nameInDisposition } from "./disposition.ts";
import { following } from "./following.ts";
import { inTime } from "../base/in-time.ts";
import type { SafeFetch } from "../base/safe-fetch.ts";

/** A file to be kept, as its bringer describes it. */
export interface Upload {
  bytes: AsyncIterable<Uint8Array>;
  /** The type that the caller gives. */
  mime?: string;
  /** The type that stands on the way: in a response header, a form part or a `data:` prefix. Often a guess. */
  header?: string;
  name?: string;
  /** The name is the last part of an address, which often has no extension. */
  isNameOfAddress?: boolean;
}

/** How long a file's address may take to answer, and how long until the whole of it is here, milliseconds. */
const fetchMs = 20_000;
const wholeMs = 45_000;

export interface DownloadPorts {
  fetch: SafeFetch;
  clock: Clock;
  /** Bytes that a file may have. */
  limit: number;
}

/** What an address leads to. Throws `invalid`, `forbidden`, `timeout`, `too_large`; its bytes throw `timeout`. */
export async function downloaded(url: string, { fetch, clock, limit }: DownloadPorts): Promise<Upload> {
  const { response, url: at } = await following(url, { timeout: fetchMs }, fetch).catch((error: unknown) => {
    throw unreachable(error);
  });
  // Nobody asked for a part.
  if (!response.ok || !response.body || response.status === 206) {
    await response.body?.cancel();
    throw new Failure("invalid", `it answers ${response.status} instead of a file.`);
  }
  if (Number(response.headers.get("content-length") ?? 0) > limit) {
    await response.body.cancel();
    throw fileTooLarge(limit);
  }
  const header = response.headers.get("content-type");
  const given = nameInDisposition(response.headers.get("content-disposition"));
  const bytes = inTime(response.body, clock, wholeMs);
  return { bytes, name: given ?? nameIn(at), isNameOfAddress: given === null, ...(header ? { header } : {}) };
}

/** An address that cannot be reached is the caller's to change; `unavailable` would say that the bot has trouble. */
function unreachable(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== "unavailable") return error;
  return new Failure("invalid", `${error.message}.`, { cause: error });
}

/** The last part of an address; empty when it has none. */
function nameIn(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
  } catch {
    return "";
  }
}

/** What stands before base64 that is an address of its own (RFC 2397); at most so many characters. */
export const longestPrefix = 300;
export const dataPrefix = /^data:([^,]{0,255}?);base64,/;

/** The bytes that a text in base64 stands for, with either alphabet, and the type in its `data:` prefix. */
export function inBase64(text: string): Upload {
  const prefix = dataPrefix.exec(text);
  const bytes = decodeBase64(prefix ? text.slice(prefix[0].length) : text);
  return { bytes, ...(prefix?.[1] ? { header: prefix[1] } : {}) };
}

/** So much is decoded in one turn of the event loop, characters. */
const slice = 256 * 1024;

/** Throws `invalid`. */
async function* decodeBase64(plain: string): AsyncIterable<Uint8Array> {
  const reader = new Base64Reader();
  const encoder = new TextEncoder();
  for (let at = 0; at < plain.length; at += slice) {
    if (at > 0) await breathe();
    yield reader.take(encoder.encode(plain.slice(at, at + slice))).slice();
  }
  yield reader.end();
}
