import { useEffect, useState } from "preact/hooks";
import { perform } from "./control.ts";
import type { PhoneMessage } from "./talk.ts";

const kinds = {
  imageMessage: "image",
  videoMessage: "video",
  audioMessage: "audio",
  stickerMessage: "sticker",
  documentMessage: "document",
} as const;

/** What kind of file a message carries, if any. */
export function mediaOf(message: Record<string, unknown>): { kind: string; mime: string } | null {
  for (const [name, kind] of Object.entries(kinds)) {
    const found = message[name] as { mimetype?: string } | undefined;
    if (found) return { kind, mime: found.mimetype ?? "application/octet-stream" };
  }
  return null;
}

/** Opened files, by message. */
let opened: ReadonlyMap<string, string> = new Map();
const opening = new Set<string>();

/** The files of these messages, each fetched and decrypted once by the person who got it. */
export function useFiles(number: string, messages: readonly PhoneMessage[]): ReadonlyMap<string, string> {
  const [files, setFiles] = useState(opened);
  useEffect(() => {
    for (const { id, message } of messages) {
      const media = mediaOf(message);
      if (!media || opening.has(id)) continue;
      opening.add(id);
      perform<{ base64: string }>(`/people/${number}/opens`, { message: id }).then(
        ({ base64 }) => {
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          opened = new Map([...opened, [id, URL.createObjectURL(new Blob([bytes], { type: media.mime }))]]);
          setFiles(opened);
        },
        () => void opening.delete(id),
      );
    }
  }, [messages.length]);
  return files;
}

/** A file as the simulator takes it. */
export async function attached(file: File, kind: string): Promise<object> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const voice = kind === "voice";
  return {
    kind: voice ? "audio" : kind,
    base64: btoa(binary),
    mimetype: file.type,
    fileName: file.name,
    ...(voice ? { voice } : {}),
  };
}
