import type { Clock } from "../base/clock.ts";
import type { ContentOf } from "../model/content/content.ts";
import { inTime } from "../base/in-time.ts";
import type { SafeFetch } from "../base/safe-fetch.ts";

export type LinkPreview = NonNullable<ContentOf<"text">["preview"]>;

const fetchMs = 5_000;
/** How long until what is read of it must be here, milliseconds. */
const readMs = 8_000;
/** What a page says of itself stands at its beginning. */
const mostBytes = 256 * 1024;
const mostTitle = 200;
const mostDescription = 500;

/** A card whose picture is still on its page. */
export type FoundCard = Omit<LinkPreview, "media_id"> & { image?: string };

/** The card for the first link in a text; null when there is none, or its page says nothing or cannot be reached. */
export async function linkPreview(
  text: string,
  { fetch, clock }: { fetch: SafeFetch; clock: Clock },
): Promise<FoundCard | null> {
  const url = /https?:\/\/[^\s<>"']+/i.exec(text)?.[0];
  if (url === undefined) return null;
  try {
    const response = await fetch.send(url, { method: "GET", headers: { accept: "text/html" }, timeout: fetchMs });
    const isPage = response.ok && /^text\/html\b/i.test(response.headers.get("content-type") ?? "");
    if (!isPage || !response.body) return (await response.body?.cancel(), null);
    return cardOf(url, await beginning(inTime(response.body, clock, readMs)));
  } catch {
    return null;
  }
}

/** What a page tells about itself: Open Graph first, then its title and description. */
export function cardOf(url: string, html: string): FoundCard | null {
  const metas = new Map(
    [...html.matchAll(/<meta\s([^>]{1,2000})>/gi)].flatMap(([, attributes = ""]) => {
      const name = attribute(attributes, "property") ?? attribute(attributes, "name");
      const content = attribute(attributes, "content");
      return name && content ? [[name.toLowerCase(), content] as const] : [];
    }),
  );
  const title = metas.get("og:title") ?? unescaped(/<title[^>]{0,200}>([^<]{1,1000})/i.exec(html)?.[1] ?? "");
  if (title.trim() === "") return null;
  const description = metas.get("og:description") ?? metas.get("description");
  const image = URL.parse(metas.get("og:image") ?? "", url)?.href;
  return {
    url,
    title: title.trim().slice(0, mostTitle),
    ...(description ? { description: description.trim().slice(0, mostDescription) } : {}),
    ...(image && metas.has("og:image") ? { image } : {}),
  };
}

function attribute(attributes: string, name: string): string | undefined {
  const [, double, single] = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "i").exec(attributes) ?? [];
  const value = double ?? single;
  return value === undefined ? undefined : unescaped(value);
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#39": "'",
  nbsp: " ",
};

const unescaped = (text: string): string =>
  text.replace(/&(#39|[a-z]{2,4});/gi, (whole, name: string) => entities[name.toLowerCase()] ?? whole);

async function beginning(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    if (size >= mostBytes) break;
  }
  return new TextDecoder().decode(await new Blob(parts as Uint8Array<ArrayBuffer>[]).slice(0, mostBytes).arrayBuffer());
}
