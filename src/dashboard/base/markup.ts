export type Style = "strong" | "em" | "s" | "code";

/** A part of a text in one look; no style is plain. */
export interface Span {
  readonly style: Style | null;
  readonly text: string;
}

const styles: Record<string, Style> = { "*": "strong", _: "em", "~": "s", "`": "code" };

/**
 * WhatsApp's marks: *bold*, _italic_, ~struck~, `code` and ```code```. A mark opens before a character that is no space and
 * closes behind one, both at the edge of a word; other marks are text. Marks within marks are not told apart.
 */
export function spansIn(text: string): Span[] {
  const marked = /(?<![\p{L}\p{N}])(?:```([^`]+)```|([*_~`])(?!\s)([^\n]*?[^\s])\2)(?![\p{L}\p{N}])/gu;
  const spans: Span[] = [];
  let at = 0;
  for (const found of text.matchAll(marked)) {
    const [whole, block, mark = "`", inner] = found;
    if (found.index > at) spans.push({ style: null, text: text.slice(at, found.index) });
    spans.push({ style: styles[mark] ?? null, text: block ?? inner ?? "" });
    at = found.index + whole.length;
  }
  if (at < text.length) spans.push({ style: null, text: text.slice(at) });
  return spans;
}
