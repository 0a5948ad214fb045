import { mediaPath } from "../../../core/model/content/files.ts";
import type { Reading, Uploaded, Writing } from "./converter.ts";
import { hex, natural } from "./fields.ts";

interface FileFields {
  mimetype?: string | null;
  fileLength?: number | { toString(): string } | null;
  fileSha256?: Uint8Array | null;
}

/** What every kind of media says of its file. `usual` is the type when the sender names none. */
export function fileFieldsOf(message: FileFields, { mediaId }: Reading, usual: string) {
  return {
    mime: message.mimetype || usual,
    size: natural(message.fileLength),
    sha256: hex(message.fileSha256),
    media_id: mediaId,
    url: mediaPath(mediaId),
    state: "remote" as const,
  };
}

/** The uploaded file of a message that needs one. */
export function uploaded({ upload }: Writing): Uploaded {
  if (!upload) throw new Error("a file that was not uploaded");
  return upload;
}
