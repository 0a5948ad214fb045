/**
 * The file name in a Content-Disposition header (RFC 6266), null when there is none. `filename*` counts before
 * `filename`; names without quotes and with spaces, as many servers write them, are read too.
 */
export function nameInDisposition(header: string | null): string | null {
  if (header === null) return null;
  const extended = extendedName(header);
  if (extended) return extended;
  const [, quoted, plain] = /(?:^|;)\s*filename\s*=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^;"]+))/i.exec(header) ?? [];
  const name = quoted?.replace(/\\(.)/g, "$1") ?? plain?.trim();
  return name ? asUtf8(name) : null;
}

/** The name that `filename*` says, in the character set that it names; null without one that can be read. */
export function extendedName(header: string): string | null {
  const [, charset, text] = /(?:^|;)\s*filename\*\s*=\s*"?([\w-]*)'[\w-]*'([^;"]+)/i.exec(header) ?? [];
  return text === undefined ? null : percentDecoded(text.trim(), charset ?? "");
}

function percentDecoded(text: string, charset: string): string | null {
  if (/%(?![0-9a-f]{2})/i.test(text)) return null;
  try {
    const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return new TextDecoder(charset || "utf-8", { fatal: true }).decode(Buffer.from(bytes, "latin1"));
  } catch {
    return null;
  }
}

/** Headers arrive as Latin-1, while most servers write UTF-8 into them. */
function asUtf8(name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(name, "latin1"));
  } catch {
    return name;
  }
}
