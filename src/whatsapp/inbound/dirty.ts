import { ALL_WA_PATCH_NAMES, type BinaryNode, getBinaryNodeChildren, type WASocket } from "@whiskeysockets/baileys";
import { hour } from "../../core/base/durations.ts";
import type { Clock } from "../../core/base/clock.ts";

const firstPause = 30_000;
const longestPause = hour;

/**
 * What the server says this device has an old copy of: one notice may name several things, and Baileys reads the first
 * (whatsapp-rust `handlers/ib.rs`, 2026-08). What cannot be asked for now is named again on the next connection.
 */
export function listenForDirty(sock: WASocket): void {
  const event = "CB:ib,,dirty";
  const stock = sock.ws.listeners(event);
  sock.ws.removeAllListeners(event);
  sock.ws.on(event, (node: BinaryNode) => {
    for (const part of getBinaryNodeChildren(node, "dirty")) {
      const alone = { ...node, content: [part] };
      for (const listener of stock as Listener[]) harmless(() => listener(alone));
      harmless(() => cleaned(sock, part));
    }
  });
}

/** Baileys' are async, and what they throw would be nobody's. */
type Listener = (node: BinaryNode) => Promise<void>;

/** What changed in more than the first of several collections, and a list of blocked people that is only named. */
export function askForChanges(sock: WASocket, { attrs, content }: BinaryNode): void {
  const parts = Array.isArray(content) ? content : [];
  if (attrs.type === "server_sync") {
    const names = parts.filter(({ tag }) => tag === "collection").map((part) => part.attrs.name ?? "");
    const others = ALL_WA_PATCH_NAMES.filter((name) => names.slice(1).includes(name));
    if (others.length > 0) harmless(() => sock.resyncAppState(others, false));
  }
  if (attrs.type !== "account_sync") return;
  const bare = parts.some(
    ({ tag, content: items }) => tag === "blocklist" && !(Array.isArray(items) && items.length > 0),
  );
  if (bare) harmless(() => sock.fetchBlocklist());
}

/**
 * Parts of the account's state of which nothing is known here: they were asked for before, in vain. A file of theirs that
 * cannot be fetched is asked for again while the connection lasts, with pauses that grow to an hour.
 */
export class MissingState {
  #tries = 0;
  #failures = 0;
  #cancel: (() => void) | null = null;
  #isOver = false;

  readonly #clock: Clock;
  readonly #sock: WASocket;
  readonly #here: () => void;

  /** `here`: nothing is missing any more. */
  constructor(clock: Clock, sock: WASocket, here: () => void) {
    this.#clock = clock;
    this.#sock = sock;
    this.#here = here;
  }

  /** Asks for what is missing. */
  ask(): void {
    harmless(async () => {
      const { creds, keys } = this.#sock.authState;
      if (!creds.myAppStateKeyId) return;
      const known = await keys.get("app-state-sync-version", [...ALL_WA_PATCH_NAMES]);
      const missing = ALL_WA_PATCH_NAMES.filter((name) => !known[name]?.version);
      if (missing.length > 0) await this.#sock.resyncAppState(missing, false);
    });
  }

  /** A file could not be fetched. */
  failed(): void {
    this.#failures += 1;
    if (this.#cancel || this.#isOver) return;
    const pause = Math.min(longestPause, firstPause * 2 ** this.#tries++);
    this.#cancel = this.#clock.after(pause, () => {
      this.#cancel = null;
      harmless(() => this.#askAll());
    });
  }

  async #askAll(): Promise<void> {
    const before = this.#failures;
    await this.#sock.resyncAppState(ALL_WA_PATCH_NAMES, false);
    if (this.#failures > before) return;
    this.#tries = 0;
    this.#here();
  }

  stop(): void {
    this.#isOver = true;
    this.#cancel?.();
  }
}

async function cleaned(sock: WASocket, { attrs }: BinaryNode): Promise<void> {
  if (attrs.type === "syncd_app_state") await sock.resyncAppState(ALL_WA_PATCH_NAMES, false);
  else if (attrs.type !== "newsletter_metadata") return;
  const clean = {
    tag: "clean",
    attrs: { type: attrs.type, ...(attrs.timestamp ? { timestamp: attrs.timestamp } : {}) },
  };
  const to = { to: "s.whatsapp.net", type: "set", xmlns: "urn:xmpp:whatsapp:dirty" };
  await sock.query({ tag: "iq", attrs: to, content: [clean] });
}

/** The connection may end before the answer. */
function harmless(work: () => Promise<unknown>): void {
  work().catch(() => {});
}
