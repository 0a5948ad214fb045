import { createHash } from "node:crypto";
import {
  type AuthenticationCreds,
  type BinaryNode,
  getBinaryNodeChild,
  getBinaryNodeChildBuffer,
  getBinaryNodeChildren,
  getBinaryNodeChildUInt,
  type SignedKeyPair,
  signedKeyPair,
} from "@whiskeysockets/baileys";
import { xmppSignedPreKey } from "@whiskeysockets/baileys/lib/Utils/signal.js";
import type { Clock } from "../../core/base/clock.ts";
import { day } from "../../core/base/durations.ts";
import type { Log } from "../../core/base/log.ts";
import type { ServerQueries } from "../wire/server-queries.ts";
import type { AuthState } from "./auth-state.ts";

/** One-time pre-keys in an upload, as WhatsApp Web has it. */
export const preKeyBatch = 812;
/** How old a signed pre-key may become. Signal's own clients take days, nobody knows WhatsApp Web's number. */
const rotateMs = 30 * day;
/** So many former ones still open first messages that were sealed before the change. */
const mostFormer = 3;

/** What Baileys' credentials hold of ours beside its own. */
export interface OwnCreds extends AuthenticationCreds {
  /** Signed pre-keys that were given out before, or are about to be; the latest first. */
  otherSignedPreKeys?: SignedKeyPair[];
  /** When the present one was made, milliseconds since 1970. */
  signedPreKeyAt?: number;
}

/** The signed pre-key of this number, present or former. */
export function signedPreKeyOf({ signedPreKey, otherSignedPreKeys = [] }: OwnCreds, id: number): SignedKeyPair | null {
  return [signedPreKey, ...otherSignedPreKeys].find(({ keyId }) => keyId === id) ?? null;
}

export interface OwnKeysPorts {
  /** The device, for the log. */
  device: string;
  auth: () => AuthState;
  queries: ServerQueries;
  /** Brings new one-time pre-keys to the server, and the signed one with them. */
  upload(): Promise<void>;
  clock: Clock;
  log: Log;
}

/**
 * The keys by which others begin sessions with this device: those on the server are compared with the own ones once a
 * connection, as WhatsApp Web does (zapo, whatsapp-rust, 2026-08), and the signed one changes now and then.
 */
export class OwnKeys {
  readonly #ports: OwnKeysPorts;

  constructor(ports: OwnKeysPorts) {
    this.#ports = ports;
  }

  /** Throws what asking WhatsApp throws; the next connection looks again. */
  async check(): Promise<void> {
    await this.#rotate();
    // Somebody may take a key between the answer and the look.
    if ((await this.#areOnServer()) || (await this.#areOnServer())) return;
    this.#ports.log.warn(
      { device: this.#ports.device },
      "the keys on WhatsApp's server are not this device's: they are uploaded anew",
    );
    await this.#ports.upload();
  }

  /** The new key is kept before WhatsApp gives it out, and the former one for those who have it. */
  async #rotate(): Promise<void> {
    const { auth, clock, queries } = this.#ports;
    const creds: OwnCreds = auth().creds;
    const now = clock.now();
    if (creds.signedPreKeyAt === undefined || creds.signedPreKeyAt > now) {
      creds.signedPreKeyAt = now;
      auth().saveCreds();
    }
    if (now - creds.signedPreKeyAt < rotateMs) return;
    const former = creds.otherSignedPreKeys ?? [];
    const latest = Math.max(creds.signedPreKey.keyId, ...former.map(({ keyId }) => keyId));
    const next = signedKeyPair(creds.signedIdentityKey, (latest % 0xffffff) + 1);
    creds.otherSignedPreKeys = [next, ...former].slice(0, mostFormer);
    auth().saveCreds();
    await queries.ask("encrypt", "set", [{ tag: "rotate", attrs: {}, content: [xmppSignedPreKey(next)] }]);
    const otherSignedPreKeys = [creds.signedPreKey, ...former].slice(0, mostFormer);
    Object.assign(creds, { signedPreKey: next, otherSignedPreKeys, signedPreKeyAt: now } satisfies Partial<OwnCreds>);
    auth().saveCreds();
  }

  async #areOnServer(): Promise<boolean> {
    const answer = await this.#ports.queries.ask("encrypt", "get", [{ tag: "digest", attrs: {} }]);
    const digest = getBinaryNodeChild(answer, "digest");
    const told = getBinaryNodeChildBuffer(digest, "hash");
    const keys = digest && (await this.#publicKeys(digest));
    if (!told || !keys) return false;
    const { signedIdentityKey, signedPreKey } = this.#ports.auth().creds;
    const parts = [signedIdentityKey.public, signedPreKey.keyPair.public, signedPreKey.signature, ...keys];
    return createHash("sha1").update(Buffer.concat(parts)).digest().equals(told);
  }

  /** The one-time pre-keys that the server names, as they are here; null when one is not. */
  async #publicKeys(digest: BinaryNode): Promise<Uint8Array[] | null> {
    const ids = getBinaryNodeChildren(getBinaryNodeChild(digest, "list"), "id").map((id) =>
      String(getBinaryNodeChildUInt({ tag: "list", attrs: {}, content: [id] }, "id", 3) ?? ""),
    );
    const kept = await this.#ports.auth().read("pre-key", ids);
    const keys = ids.map((id) => kept[id]?.public);
    return keys.every((key) => key !== undefined) ? keys : null;
  }
}
