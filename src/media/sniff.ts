/** The first bytes by which a type is known. Never the name, never what its sender says. */
const signatures: readonly (readonly [mime: string, at: number, bytes: string])[] = [
  ["image/jpeg", 0, "\xff\xd8\xff"],
  ["image/png", 0, "\x89PNG\r\n\x1a\n"],
  ["image/gif", 0, "GIF8"],
  ["image/webp", 8, "WEBP"],
  ["image/bmp", 0, "BM"],
  ["application/pdf", 0, "%PDF-"],
  ["audio/wav", 8, "WAVE"],
  ["audio/flac", 0, "fLaC"],
  ["audio/mpeg", 0, "ID3"],
  ["audio/amr", 0, "#!AMR"],
  ["video/webm", 0, "\x1aE\xdf\xa3"],
  ["application/zip", 0, "PK\x03\x04"],
];

/** Brands of ISO files (MP4 and its relatives), by how they begin. */
const brands: readonly (readonly [brand: string, mime: string])[] = [
  ["M4A", "audio/mp4"],
  ["M4B", "audio/mp4"],
  ["3gp", "video/3gpp"],
  ["qt  ", "video/quicktime"],
  ["heic", "image/heic"],
  ["mif1", "image/heic"],
  ["avif", "image/avif"],
];

const headLength = 64;

/** The type of a file by what it begins with; null when that says nothing. */
export async function sniffed(bytes: Blob): Promise<string | null> {
  const head = Buffer.from(await bytes.slice(0, headLength).arrayBuffer()).toString("latin1");
  if (head.startsWith("OggS")) return head.includes("OpusHead") ? "audio/ogg; codecs=opus" : "audio/ogg";
  if (head.slice(4, 8) === "ftyp") {
    return brands.find(([brand]) => head.slice(8, 12).startsWith(brand))?.[1] ?? "video/mp4";
  }
  const found = signatures.find(([, at, text]) => head.startsWith(text, at));
  if (found) return found[0];
  return isMpegFrame(head) ? "audio/mpeg" : isAac(head) ? "audio/aac" : null;
}

/** Eleven set bits, then a version and layer that exist. */
function isMpegFrame(head: string): boolean {
  const [first, second] = [head.charCodeAt(0), head.charCodeAt(1)];
  return first === 0xff && (second & 0xe6) === 0xe2;
}

function isAac(head: string): boolean {
  return head.charCodeAt(0) === 0xff && (head.charCodeAt(1) & 0xf6) === 0xf0;
}
