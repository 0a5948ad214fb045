import type { Clock } from "../base/clock.ts";
import { inTime } from "../base/in-time.ts";
import type { SafeFetch } from "../base/safe-fetch.ts";
import type { MediaTools, PageCard } from "../ports/media.ts";
import { following } from "./following.ts";

const fetchMs = 5_000;
/** How long until what is read of it must be here, milliseconds. */
const readMs = 8_000;
/** What a page says of itself stands at its beginning. */
const mostBytes = 256 * 1024;

/** The card for the first link in a text; null when there is none, or its page says nothing or cannot be reached. */
export async function linkPreview(
  text: string,
  { fetch, clock, tools }: { fetch: SafeFetch; clock: Clock; tools: Pick<MediaTools, "card"> },
): Promise<PageCard | null> {
  const url = firstLink(text);
  if (url === undefined) return null;
  try {
    const { response, url: at } = await following(url, { headers: { accept: "text/html" }, timeout: fetchMs }, fetch);
    const type = response.headers.get("content-type") ?? "";
    const isPage = response.ok && /^(text\/html|application\/xhtml\+xml)\b/i.test(type);
    if (!isPage || !response.body) return (await response.body?.cancel(), null);
    const card = tools.card(at, await beginning(inTime(response.body, clock, readMs)), type);
    // Whoever wrote the address sees it, and not where it leads.
    return card && { ...card, url };
  } catch {
    return null;
  }
}

async function beginning(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    if (size >= mostBytes) break;
  }
  return Buffer.concat(parts).subarray(0, mostBytes);
}

/** The first address in a text. */
export const firstLink = (text: string): string | undefined => /https?:\/\/[^\s<>"']+/i.exec(text)?.[0];
