import { createHmac } from "node:crypto";
import { type BinaryNode, getBinaryNodeChild, type WASocket } from "@whiskeysockets/baileys";
import {
  isTcTokenExpired,
  shouldSendNewTcToken,
  storeTcTokensFromIqResult,
} from "@whiskeysockets/baileys/lib/Utils/tc-token-utils.js";
import { unixSeconds } from "../../core/base/durations.ts";
import type { Clock } from "../../core/base/clock.ts";
import type { AuthState } from "../session/auth-state.ts";
import { bare, isLid, isPerson } from "../wire/jid.ts";
import type { ServerQueries } from "../wire/server-queries.ts";
import type { AccountAddressing } from "./addressing.ts";

const saltNote = "nct-salt";
/** WhatsApp's own announcements. */
const announcements = "0@s.whatsapp.net";

export interface PrivacyTokenPorts {
  auth: () => AuthState;
  socket: () => WASocket;
  clock: Clock;
  queries: ServerQueries;
  addressing: AccountAddressing;
  isOwn(jid: string): boolean;
}

/** What lets a first message in: the token that a contact gave, or one made of the salt that the own phone told. Never both. */
export class PrivacyTokens {
  readonly #issuing = new Set<string>();
  /** As text; undefined before it was looked up. */
  #knownSalt: string | null | undefined;

  readonly #ports: PrivacyTokenPorts;

  constructor(ports: PrivacyTokenPorts) {
    this.#ports = ports;
  }

  /** The child of a stanza to this person; none for bots, oneself, and where there is neither token nor salt. */
  async childFor(jid: string): Promise<BinaryNode[]> {
    if (!this.#isFor(jid)) return [];
    const lid = await this.#lidOf(jid);
    const { token, timestamp } = (await this.#entry(lid ?? bare(jid))) ?? {};
    if (token?.length && !isTcTokenExpired(timestamp)) return [{ tag: "tctoken", attrs: {}, content: token }];
    const salt = lid === null ? null : await this.#salt();
    if (lid === null || salt === null) return [];
    return [{ tag: "cstoken", attrs: {}, content: contactToken(salt, lid) }];
  }

  /** Gives them our own token, once in seven days; what comes back is theirs. Nobody waits for it. */
  issue(jid: string): void {
    this.#issue(jid).catch(() => {}); // The next message tries again.
  }

  /** A contact gave theirs (`privacy_token`), which is kept. Returns who it was; null when the stanza holds none. */
  async given(stanza: BinaryNode): Promise<string | null> {
    const { from: sender = "", sender_lid: senderLid } = stanza.attrs;
    const from = bare(sender);
    if (!isPerson(from) || !getBinaryNodeChild(stanza, "tokens")) return null;
    const { keys } = this.#ports.socket().authState;
    const lid = senderLid === undefined ? await this.#lidOf(from) : bare(senderLid);
    const getLIDForPN = (jid: string) => this.#lidOf(jid);
    await storeTcTokensFromIqResult({ result: stanza, fallbackJid: lid ?? from, keys, getLIDForPN });
    return from;
  }

  /** An empty salt is none; null takes it away. */
  keepSalt(salt: Uint8Array | null): void {
    if (salt?.length === 0) return;
    this.#knownSalt = salt && Buffer.from(salt).toString("base64");
    this.#ports.auth().writeNote(saltNote, this.#knownSalt);
  }

  async #issue(jid: string): Promise<void> {
    if (!this.#isFor(jid)) return;
    const { auth, clock, queries, socket } = this.#ports;
    const key = (await this.#lidOf(jid)) ?? bare(jid);
    if (this.#issuing.has(key) || !shouldSendNewTcToken((await this.#entry(key))?.senderTimestamp)) return;
    this.#issuing.add(key);
    try {
      const t = unixSeconds(clock.now());
      const token = { tag: "token", attrs: { jid: bare(jid), t: String(t), type: "trusted_contact" } };
      const result = await queries.ask("privacy", "set", [{ tag: "tokens", attrs: {}, content: [token] }]);
      const { keys } = socket().authState;
      const getLIDForPN = async (): Promise<string | null> => key;
      await storeTcTokensFromIqResult({ result, fallbackJid: key, keys, getLIDForPN });
      const entry = (await this.#entry(key)) ?? { token: Buffer.alloc(0) };
      auth().write({ keys: { tctoken: { [key]: { ...entry, senderTimestamp: t } } } });
    } finally {
      this.#issuing.delete(key);
    }
  }

  #isFor(jid: string): boolean {
    return isPerson(jid) && bare(jid) !== announcements && !this.#ports.isOwn(jid);
  }

  async #lidOf(jid: string): Promise<string | null> {
    return isLid(jid) ? bare(jid) : this.#ports.addressing.otherNameOf(jid);
  }

  async #entry(key: string) {
    return (await this.#ports.auth().read("tctoken", [key]))[key];
  }

  async #salt(): Promise<Buffer | null> {
    if (this.#knownSalt === undefined) {
      const kept = await this.#ports.auth().note<string>(saltNote);
      if (this.#knownSalt === undefined) this.#knownSalt = kept; // it may have come meanwhile
    }
    return this.#knownSalt === null ? null : Buffer.from(this.#knownSalt, "base64");
  }
}

/** `cstoken`: by the account's salt, over the bare LID as text (whatsmeow cstoken.go, 2026-05). */
export function contactToken(salt: Uint8Array, lid: string): Buffer {
  return createHmac("sha256", salt).update(lid).digest();
}
