import { fileTypeFromBlob } from "file-type";

/** What file-type calls otherwise than phones and mail programs do. */
const usual: Readonly<Record<string, string>> = {
  "audio/vnd.dolby.dd-raw": "audio/ac3",
  "audio/x-ms-asf": "audio/x-ms-wma",
  "audio/x-m4a": "audio/mp4",
  "video/matroska": "video/x-matroska",
  "image/heic-sequence": "image/heic",
  "image/heif": "image/heic",
  "image/heif-sequence": "image/heic",
};

/** A file that is named by its first bytes is looked into this far at most. */
const headLength = 64 * 2 ** 10;

/** The type by the bytes alone; null when they do not tell. Two bytes are enough for it, so it is a hint, not a proof. */
export async function signatureOf(bytes: Blob): Promise<string | null> {
  const found = await fileTypeFromBlob(bytes.slice(0, headLength)).catch(() => undefined);
  return found ? (usual[found.mime] ?? found.mime) : null;
}
