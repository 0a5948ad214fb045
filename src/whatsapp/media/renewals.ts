import {
  decryptMediaRetryData,
  encryptMediaRetryRequest,
  proto,
  type BaileysEventMap,
  type WASocket,
} from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { Failure } from "../../core/base/failure.ts";
import { isGroup } from "../wire/jid.ts";
import { base64Bytes, parsed, type Remote } from "../codec/remote.ts";

/** How long a phone may take: it has to upload the file first. */
const answerMs = 60_000;
const notFound = 404;

type Answer = BaileysEventMap["messages.media-update"][number];

/**
 * Asks the phone to bring files to WhatsApp again: a receipt of type `server-error` to the account itself, answered by a
 * notification of type `mediaretry` (whatsmeow's mediaretry.go). A phone that is off answers when it is back.
 */
export class Renewals {
  readonly #asked = new Map<string, (answer: Answer) => void>();

  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  listen({ ev }: Pick<WASocket, "ev">): void {
    ev.on("messages.media-update", (answers) => {
      for (const answer of answers) this.#asked.get(answer.key.id ?? "")?.(answer);
    });
  }

  /** Where the file is now. Throws `gone` when the phone has it no more, `timeout` when it does not say. */
  async ask(sock: Pick<WASocket, "sendNode">, account: string, remote: string): Promise<string> {
    const file = parsed(remote);
    const { message } = file;
    if (!message) throw new Failure("gone", "WhatsApp does not keep this file any more.");
    const key = {
      id: message.id,
      remoteJid: message.chat,
      fromMe: message.fromMe,
      ...(isGroup(message.chat) ? { participant: message.sender } : {}),
    };
    const answer = this.#answer(message.id);
    await sock.sendNode(encryptMediaRetryRequest(key, base64Bytes(file.mediaKey), account));
    const directPath = pathIn(await answer, file, message.id);
    return JSON.stringify({ ...file, directPath, at: this.#clock.now() } satisfies Remote);
  }

  #answer(id: string): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#asked.set(id, resolve);
    const cancel = this.#clock.after(answerMs, () => reject(new Failure("timeout", "The phone does not answer.")));
    return promise.finally(() => {
      cancel();
      this.#asked.delete(id);
    });
  }
}

function pathIn({ media, error }: Answer, { mediaKey }: Remote, id: string): string {
  if (!media) throw refusal(error?.output.statusCode === notFound);
  const { result, directPath } = decryptMediaRetryData(media, base64Bytes(mediaKey), id);
  const { SUCCESS, NOT_FOUND } = proto.MediaRetryNotification.ResultType;
  if (result !== SUCCESS || !directPath?.startsWith("/")) throw refusal(result === NOT_FOUND);
  return directPath;
}

const refusal = (lost: boolean): Failure =>
  lost
    ? new Failure("gone", "Neither WhatsApp nor the phone keeps this file any more; ask its sender to send it again.")
    : new Failure("unavailable", "The phone could not bring the file to WhatsApp again.");
