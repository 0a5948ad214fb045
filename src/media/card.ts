import { decode } from "html-entities";
import type { PageCard } from "../core/ports/media.ts";

/** How far a page is asked for its character set, in bytes (HTML, 13.2.3.2). */
const charsetBytes = 1_024;
const mostTitle = 200;
const mostDescription = 500;

/** What a page tells of itself: Open Graph first, then its title and description. Null when it has no title. */
export function cardOf(url: string, page: Uint8Array, contentType: string): PageCard | null {
  const metas = new Map<string, string>();
  let title = "";
  new HTMLRewriter()
    .on("meta", {
      element(meta) {
        const name = meta.getAttribute("property") ?? meta.getAttribute("name");
        const content = meta.getAttribute("content");
        if (name && content && !metas.has(name.toLowerCase())) metas.set(name.toLowerCase(), readable(content));
      },
    })
    .on("title", {
      text({ text }) {
        if (title.length < 4 * mostTitle) title += text;
      },
    })
    .transform(decoded(page, contentType));
  const shown = metas.get("og:title") ?? readable(title);
  if (shown === "") return null;
  const description = metas.get("og:description") ?? metas.get("description");
  const image = URL.parse(metas.get("og:image") ?? "", url)?.href;
  return {
    url,
    title: cut(shown, mostTitle),
    ...(description ? { description: cut(description, mostDescription) } : {}),
    ...(image && metas.has("og:image") ? { image } : {}),
  };
}

const readable = (text: string): string => decode(text).replace(/\s+/g, " ").trim();

const cut = (text: string, length: number): string => text.slice(0, length).toWellFormed();

/** By its header, else by what it says at its beginning, else as UTF-8. */
function decoded(page: Uint8Array, contentType: string): string {
  const head = Buffer.from(page.buffer, page.byteOffset, Math.min(page.length, charsetBytes)).toString("latin1");
  const named =
    /charset\s*=\s*["']?([\w-]{1,40})/i.exec(contentType)?.[1] ??
    /<meta\s[^>]{0,300}?charset\s*=\s*["']?([\w-]{1,40})/i.exec(head)?.[1];
  try {
    return new TextDecoder(named ?? "utf-8").decode(page);
  } catch {
    return new TextDecoder().decode(page);
  }
}
