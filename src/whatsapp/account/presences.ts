import type { WASocket } from "@whiskeysockets/baileys";
import { dropOldest } from "../../core/base/drop-oldest.ts";

/** Whom nobody asked for since is let go of first. */
const mostWatched = 256;

type Shown = Pick<WASocket, "presenceSubscribe" | "sendPresenceUpdate">;

/** What an account shows and wants to be shown. WhatsApp forgets it with every connection, and this does not. */
export class Presences {
  /** Nobody is online by linking a bot: the phone would stop ringing. */
  #online = false;
  readonly #watched = new Set<string>();

  async show(sock: Shown, online: boolean): Promise<void> {
    await sock.sendPresenceUpdate(online ? "available" : "unavailable");
    this.#online = online;
  }

  async watch(sock: Shown, jid: string): Promise<void> {
    await sock.presenceSubscribe(jid);
    this.#watched.delete(jid);
    this.#watched.add(jid);
    dropOldest(this.#watched, mostWatched);
  }

  /** Another account may be linked now. */
  forget(): void {
    this.#online = false;
    this.#watched.clear();
  }

  /** What was chosen last. WhatsApp takes it with the account's name only, so it is said again once that is known. */
  async say(sock: Shown): Promise<void> {
    await sock.sendPresenceUpdate(this.#online ? "available" : "unavailable");
  }

  /** The same over a new connection; what it does not take is not worth it. */
  async again(sock: Shown): Promise<void> {
    try {
      await this.say(sock);
      for (const jid of this.#watched) await sock.presenceSubscribe(jid);
    } catch {
      // The next connection tries again.
    }
  }
}
