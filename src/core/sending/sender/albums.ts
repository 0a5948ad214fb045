import type { FailReason } from "../../model/message/fail-reason.ts";
import { announced, type Message } from "../../model/message/message.ts";
import { arrived, cancelled, failed, type MessageEffects, sent, together } from "../../policy/message-effects.ts";
import type { Messages } from "../../ports/messages.ts";

const notOnTheirWay: ReadonlySet<Message["state"]> = new Set(["sent", "failed", "cancelled"]);

/** The files of an album, in order; of any other message none. */
export async function filesOf({ device, content }: Message, messages: Pick<Messages, "byWaId">): Promise<Message[]> {
  const ids = content.kind === "album" ? (content.files ?? []) : [];
  const files = await Promise.all(ids.map((waId) => messages.byWaId(device, waId)));
  return files.filter((file) => file !== null);
}

/** True of an album that WhatsApp has, while its files leave. */
export const isAnnouncedAlbum = ({ state, reason }: Message): boolean => state === "sending" && reason === announced;

/** What an announced album comes to by its files; null while one of them is on its way. */
export function endOfAlbum(album: Message, files: readonly Message[], at: number): MessageEffects | null {
  if (!files.every(({ state }) => notOnTheirWay.has(state))) return null;
  const lost = files.filter(({ state }) => state === "failed");
  const [first] = lost;
  if (first) {
    const error = `${lost.length} of its ${files.length} files did not leave: ${first.error}`;
    return failed(album, at, first.reason as FailReason, error);
  }
  if (files.some(({ state }) => state === "cancelled")) return cancelled(album, at);
  return album.delivery === null
    ? sent(album, at)
    : together([sent(album, at), arrived(album, album.delivery, null, at)]);
}

/** What a file comes to whose album will never be announced; null when it will, or is. */
export function endOfFile(file: Message, album: Message, at: number): MessageEffects | null {
  if (album.state === "cancelled") return cancelled(file, at);
  if (album.state !== "failed") return null;
  return failed(file, at, album.reason as FailReason, album.error ?? "Its album did not leave.");
}
