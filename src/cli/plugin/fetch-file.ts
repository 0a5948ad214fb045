import { createHash } from "node:crypto";
import { basename } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import type { SafeFetch } from "../../core/base/safe-fetch.ts";
import { openUrl, type PluginAddress } from "./address.ts";
import { type PluginParcel, parcelLimits as limits, scriptName } from "./parcel.ts";

/** Milliseconds until a server begins to answer. */
const patience = 20_000;

/** A plugin of one file. Throws `invalid`, `refused` when it is another file than the one meant, and what the way out throws. */
export async function fetchFile({ url, hash }: PluginAddress, fetch: SafeFetch): Promise<PluginParcel> {
  const name = basename(new URL(url).pathname);
  if (!scriptName.test(name)) throw new Failure("invalid", `${url} is no plugin: its name ends in .ts or .js.`);
  const bytes = await bodyOf(await answer(url, fetch), url);
  const is = createHash("sha256").update(bytes).digest("hex");
  if (is !== hash)
    throw new Failure("refused", `${url} is not the file that is meant: its SHA-256 is ${is}. Nothing was changed.`);
  return { files: new Map([[name, bytes]]), entry: name, isFolder: false };
}

/** The answer of where an address leads in the end; each step goes out through the guard. */
async function answer(first: string, fetch: SafeFetch): Promise<Response> {
  let url = first;
  for (let step = 0; step <= limits.redirects; step++) {
    const response = await fetch.send(url, { method: "GET", timeout: patience });
    const next = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    if (next === null) {
      if (response.ok) return response;
      await response.body?.cancel();
      throw new Failure("unavailable", `${url} answered ${response.status}.`);
    }
    await response.body?.cancel();
    const to = openUrl(next, url);
    if (url.startsWith("https:") && to.protocol !== "https:")
      throw new Failure("refused", `${url} leads away from https. Nothing was changed.`);
    url = to.href;
  }
  throw new Failure("unavailable", `${first} leads on more than ${limits.redirects} times.`);
}

/** Throws `too_large`, `timeout`. */
async function bodyOf({ body }: Response, url: string): Promise<Uint8Array> {
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    reader?.cancel().catch(() => {});
  }, limits.ms);
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (isLate) throw new Failure("timeout", `${url} was not here within ${limits.ms / 1000} s.`);
      if (done || value === undefined) return Buffer.concat(chunks);
      size += value.length;
      chunks.push(value);
      if (size > limits.file)
        throw new Failure("too_large", `${url} is larger than ${limits.file / 1e6} MB, the most a plugin may be.`);
    }
  } finally {
    clearTimeout(late);
    await reader?.cancel().catch(() => {});
  }
}
