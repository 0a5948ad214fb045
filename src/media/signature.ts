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

/** What a file that is a ZIP archive is called by one that it always holds. */
const byEntry: readonly (readonly [entry: string, mime: string])[] = [
  ["word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
  ["xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
  ["ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation"],
  ["AndroidManifest.xml", "application/vnd.android.package-archive"],
];
const archives: ReadonlySet<string> = new Set(["application/zip", "application/java-archive"]);

/** The type by the bytes alone; null when they do not tell. Two bytes are enough for it, so it is a hint, not a proof. */
export async function signatureOf(bytes: Blob): Promise<string | null> {
  const found = await fileTypeFromBlob(bytes.slice(0, headLength)).catch(() => undefined);
  if (!found) return null;
  return (archives.has(found.mime) && (await typeOfArchive(bytes))) || (usual[found.mime] ?? found.mime);
}

/** By its directory, which stands at its end. */
async function typeOfArchive(bytes: Blob): Promise<string | null> {
  const end = Buffer.from(await bytes.slice(-headLength).arrayBuffer());
  return byEntry.find(([entry]) => end.includes(entry))?.[1] ?? null;
}
