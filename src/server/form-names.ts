import { boundaryOf } from "./multipart.ts";

const headEnd = Buffer.from("\r\n\r\n");
/** A part's head is a few hundred bytes; longer ones are left to the parser. */
const mostHead = 8 * 1024;
const bare = /(;\s*(?:file)?name\s*=\s*)([^\s";][^;\r\n"]*)/gi;

/**
 * A multipart form whose names stand in quotes: `name=to` is allowed (RFC 9110, 5.6.6) and some clients write it, but
 * Bun does not read it. The same bytes when nothing is bare.
 */
export function withQuotedNames(bytes: Uint8Array<ArrayBuffer>, contentType: string): Uint8Array<ArrayBuffer> {
  const boundary = boundaryOf(contentType);
  if (boundary === null) return bytes;
  const mark = Buffer.from(`--${boundary}`);
  const form = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Buffer[] = [];
  let kept = 0;
  for (let at = form.indexOf(mark); at >= 0; at = form.indexOf(mark, at + mark.length)) {
    const end = form.indexOf(headEnd, at);
    if (end < 0) break;
    if (end - at > mostHead) continue;
    const head = form.toString("latin1", at, end);
    const mended = head.replace(/^content-disposition:.*$/gim, (line) => line.replace(bare, '$1"$2"'));
    if (mended === head) continue;
    parts.push(form.subarray(kept, at), Buffer.from(mended, "latin1"));
    kept = end;
  }
  return kept === 0 ? bytes : Buffer.concat([...parts, form.subarray(kept)]);
}
