import { type BinaryNode, proto, unpadRandomMax16 } from "@whiskeysockets/baileys";
import { hour } from "../../core/base/durations.ts";
import type { Clock } from "../../core/base/clock.ts";
import type { AccountEvent } from "../../core/ports/connector.ts";
import type { Blobs } from "../media/blobs.ts";
import type { Decrypted } from "../session/journal.ts";
import type { HistoryNotice, HistoryNotices } from "./history-notices.ts";

/** How long an errand of the own phone may take Baileys to work on, before its journal entry is forgotten. */
const peerMessageMs = 30_000;
/** Milliseconds before a file is asked for again; each time twice as long. */
const firstPause = 30_000;
const longestPause = hour;
/** How often a file that is nowhere is asked for: for some half an hour. */
const mostRounds = 6;

const { HISTORY_SYNC_CHUNK_RETRY } = proto.Message.PeerDataOperationRequestType;

export interface PhoneErrandPorts {
  clock: Clock;
  blobs: Blobs;
  notices: HistoryNotices;
  /** Its journal entry is not needed any more; `news` is told with that. */
  readonly forget: (hash: string, news?: AccountEvent) => void;
  /** Gives it to Baileys once more. */
  readonly again: (errand: Decrypted) => void;
  /** Asks the phone for something. */
  readonly ask: (request: proto.Message.IPeerDataOperationRequestMessage) => void;
}

/**
 * What the own phone tells its companions, which Baileys works on. Each stands in the journal until it had its time; one
 * about a part of the history until that part is told, or nobody will ever have it.
 */
export class PhoneErrands {
  #over = false;

  readonly #ports: PhoneErrandPorts;

  constructor(ports: PhoneErrandPorts) {
    this.#ports = ports;
  }

  came(errand: Decrypted): void {
    const { clock, notices, blobs } = this.#ports;
    const notice = noticeOf(errand);
    if (!notice) return void clock.after(peerMessageMs, () => this.#over || this.#ports.forget(errand.hash));
    notices.came(notice, notice.path !== null && !blobs.has(notice.path));
    this.#lookAgain(errand, notice);
  }

  /** From here on nothing is asked for. */
  end(): void {
    this.#over = true;
  }

  #lookAgain(errand: Decrypted, notice: HistoryNotice): void {
    const { clock, notices } = this.#ports;
    const rounds = notice.path === null ? 0 : this.#ports.blobs.rounds(notice.path);
    clock.after(Math.min(longestPause, firstPause * 2 ** (rounds + notices.looks(notice.id))), () => {
      if (!this.#over) this.#look(errand, notice);
    });
  }

  #look(errand: Decrypted, notice: HistoryNotice): void {
    const { blobs, notices, again, forget } = this.#ports;
    const { id, path, hash } = notice;
    if (!notices.isOpen(id)) return forget(hash);
    if (path !== null && blobs.isWanted(path)) return this.#lookAgain(errand, notice);
    if (notices.isDouble(id)) {
      notices.settle(id, true);
      return forget(hash);
    }
    if (path === null || blobs.has(path)) {
      // What is here is being read.
      if (notices.looked(id) < mostRounds) return this.#lookAgain(errand, notice);
      return this.#giveUp(notice, "unreadable");
    }
    if (blobs.isGone(path)) {
      if (blobs.rounds(path) >= mostRounds) return this.#giveUp(notice, "gone");
      if (notices.isFirstRequest(notice)) this.#askPhone(notice);
    }
    again(errand);
  }

  /** The phone has it still, as a rule. Nobody has been seen to ask so: this is by WhatsApp's definition alone (2026-08). */
  #askPhone({ id, part: { syncType, chunkOrder } }: HistoryNotice): void {
    const chunk = { syncType: syncType ?? null, chunkOrder: chunkOrder ?? null, chunkNotificationId: id };
    this.#ports.ask({
      peerDataOperationRequestType: HISTORY_SYNC_CHUNK_RETRY,
      historySyncChunkRetryRequest: { ...chunk, regenerateChunk: true },
    });
  }

  #giveUp({ id, hash, path, part }: HistoryNotice, reason: "gone" | "unreadable"): void {
    const { blobs, clock, notices, forget } = this.#ports;
    if (path !== null) blobs.giveUp(path);
    notices.settle(id, false);
    // The phone has brought it again, and that is looked for.
    if (notices.of(part).length > 0) return forget(hash);
    const kind = part.syncType == null ? "UNKNOWN" : (proto.HistorySync.HistorySyncType[part.syncType] ?? "UNKNOWN");
    const once = `history-missing|${id}`;
    forget(hash, { type: "history.missing", chat: null, at: clock.now(), once, data: { kind, reason } });
  }
}

/** What a notice says of a part of the history; null of every other errand. */
function noticeOf({
  stanza,
  plaintext,
  hash,
}: Pick<Decrypted, "plaintext" | "hash"> & { stanza: BinaryNode }): HistoryNotice | null {
  try {
    const { protocolMessage } = proto.Message.decode(unpadRandomMax16(plaintext));
    const part = protocolMessage?.historySyncNotification;
    return part ? { id: stanza.attrs.id ?? "", hash, part, path: part.directPath || null } : null;
  } catch {
    return null;
  }
}
