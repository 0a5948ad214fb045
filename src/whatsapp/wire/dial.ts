import {
  type BinaryNode,
  Browsers,
  makeWASocket,
  type proto,
  type UserFacingSocketConfig,
  type WASocket,
} from "@whiskeysockets/baileys";
import { silence } from "./silence.ts";

/**
 * One that WhatsApp knows: for a pairing code it is told as `Chrome (Mac OS)`, and anything but a browser and a system as browsers
 * name them is refused (whatsapp-rust `companion_reg.rs`, 2026-08; OpenWA#1471).
 */
export const browser = Browsers.macOS("Chrome");

/** How long WhatsApp may take to answer a question. */
const queryMs = 20_000;

/** What becomes of a stanza before it leaves; null is not sent. Baileys asks since it is patched. */
export type OutgoingFilter = (node: BinaryNode) => BinaryNode | null | Promise<BinaryNode | null>;

/** A change of what the account's devices share, as it was sealed: `raw` is the bytes of a `SyncActionData`. */
export interface AppStateMutation {
  readonly index: readonly string[];
  readonly operation: proto.SyncdMutation.SyncdOperation;
  readonly raw: Uint8Array;
}

/** What Baileys asks of us since it is patched. */
export interface BesidesConfig {
  outgoing?: OutgoingFilter;
  /** A stanza of Baileys' queue was worked on, well or not. It must not throw. */
  processed?: (node: BinaryNode) => void;
  /** It must not throw. */
  mutation?: (mutation: AppStateMutation) => void;
  options?: { blob: (notice: object, kind: "md-msg-hist" | "md-app-state") => AsyncIterable<Uint8Array> };
}

/** A socket as all of ours are; what differs between them is given. */
export function dial(config: UserFacingSocketConfig & BesidesConfig): WASocket {
  return makeWASocket({
    browser,
    logger: silence,
    defaultQueryTimeoutMs: queryMs,
    // A failed commit must fail the decryption at once; Baileys would hold the chat's lock for half a minute.
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 0 },
    // Every message waits meanwhile, also those that can be read.
    retryRequestDelayMs: 0,
    // Online, it would silence the notifications of the owner's phone.
    markOnlineOnConnect: false,
    syncFullHistory: false,
    ...config,
  });
}
