import { randomBytes } from "node:crypto";
import {
  type BinaryNode,
  buildPairingQRData,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  S_WHATSAPP_NET,
  type WABrowserDescription,
  type WASocket,
} from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import type { Signal } from "../../core/ports/connector.ts";
import { PasskeyCeremonyRun } from "../passkey/ceremony.ts";

/** WhatsApp gives six references: the first lives a minute, the others 20 seconds each. */
const firstRefMs = 60_000;
const nextRefMs = 20_000;
const roundMs = firstRefMs + 5 * nextRefMs;

/** How long the server may take to answer a request for a code. */
const answerMs = 7_000;

/** Each code rings on the phone, so a server that retires them is not followed for ever. */
const mostRenewals = 3;

export interface LinkingHooks {
  report(signal: Signal): void;
  /** Nobody scanned in time. */
  expired(): void;
}

export interface LinkingOptions {
  /** The number, in digits, to link by code; undefined links by QR. */
  pairWith: string | undefined;
  /** Goes along when WhatsApp demands a passkey. */
  passkeys: boolean;
}

/**
 * Linking an account to an unpaired socket: shows QRs one after the other, asks for a pairing code, and knows the
 * three ways in which the server changes its mind meanwhile. Replaces Baileys' own QR timer, which would go on
 * showing a secret that the server has retired.
 */
export class Linking {
  #refs: string[] = [];
  #shown: string | null = null;
  #roundEndsAt = 0;
  #cancelTimer = () => {};
  #renewals = 0;
  #over = false;
  #ceremony: PasskeyCeremonyRun | null = null;
  /** Demands of a passkey that were heard. */
  readonly #asked = new Set<string>();

  readonly #sock: WASocket;
  readonly #browser: WABrowserDescription;
  readonly #clock: Clock;
  readonly #pairWith: string | undefined;
  readonly #passkeys: boolean;
  readonly #hooks: LinkingHooks;

  constructor(
    sock: WASocket,
    browser: WABrowserDescription,
    clock: Clock,
    { pairWith, passkeys }: LinkingOptions,
    hooks: LinkingHooks,
  ) {
    this.#sock = sock;
    this.#browser = browser;
    this.#clock = clock;
    this.#pairWith = pairWith;
    this.#passkeys = passkeys;
    this.#hooks = hooks;
    sock.ws.removeAllListeners("CB:iq,type:set,pair-device");
    sock.ws.on("CB:iq,type:set,pair-device", (iq: BinaryNode) => void this.#begin(iq).catch(() => {}));
    sock.ws.on("CB:notification,type:companion_reg_refresh", (node: BinaryNode) => this.#refreshSecret(node));
    sock.ws.on("CB:notification,type:link_code_companion_reg", (node: BinaryNode) => this.#refreshCode(node));
    sock.ws.on("CB:notification,type:passkey_prologue_request", (node: BinaryNode) => this.#passkey(node));
    sock.ws.on("CB:notification,type:crsc_continuation", (node: BinaryNode) => this.#continued(node));
  }

  /** The ceremony with the account's passkey; null while none runs. */
  get passkey(): PasskeyCeremonyRun | null {
    return this.#ceremony;
  }

  /** Linked, given up, or the socket is gone. */
  stop(): void {
    this.#showNoMore();
    this.#ceremony?.stop();
    this.#ceremony = null;
  }

  #showNoMore(): void {
    this.#over = true;
    this.#cancelTimer();
  }

  async #begin(iq: BinaryNode): Promise<void> {
    this.#refs = getBinaryNodeChildren(getBinaryNodeChild(iq, "pair-device"), "ref").map((ref) =>
      Buffer.from(ref.content as Uint8Array).toString("utf8"),
    );
    this.#roundEndsAt = this.#clock.now() + roundMs;
    await this.#sock.sendNode({ tag: "iq", attrs: { to: S_WHATSAPP_NET, type: "result", id: iq.attrs.id ?? "" } });
    this.#next(firstRefMs);
    if (this.#pairWith) await this.#requestCode(this.#pairWith);
  }

  #next(ms: number): void {
    if (this.#over) return;
    const ref = this.#refs.shift();
    if (ref === undefined) {
      this.stop();
      this.#hooks.expired();
      return;
    }
    this.#shown = ref;
    this.#show(this.#clock.now() + ms);
    this.#cancelTimer = this.#clock.after(ms, () => this.#next(nextRefMs));
  }

  #show(expiresAt: number): void {
    const { creds } = this.#sock.authState;
    const qr = buildPairingQRData(
      this.#shown ?? "",
      Buffer.from(creds.noiseKey.public).toString("base64"),
      Buffer.from(creds.signedIdentityKey.public).toString("base64"),
      creds.advSecretKey,
      this.#browser,
    );
    this.#hooks.report({ type: "qr", qr, issuedAt: this.#clock.now(), expiresAt });
  }

  async #requestCode(phone: string): Promise<void> {
    const answer = answerToHello(this.#sock, this.#clock);
    const code = await this.#sock.requestPairingCode(phone);
    const refusal = await answer;
    if (this.#over) return;
    if (refusal !== null) return this.#hooks.report({ type: "pairing_refused", error: refusal });
    this.#hooks.report({
      type: "pairing_code",
      code: `${code.slice(0, 4)}-${code.slice(4)}`,
      phone,
      issuedAt: this.#clock.now(),
      expiresAt: this.#roundEndsAt,
    });
  }

  /** The server retired the secret in the QR: the same reference again, with a new one. */
  #refreshSecret(node: BinaryNode): void {
    if (!fromServer(node)) return;
    this.#acknowledge(node);
    // Once a passkey is asked for, the secret that was scanned counts, and another one is sent in the end.
    if (this.#over || this.#shown === null) return;
    // The phone has taken a code: the secret is the one both derived from it, and the QR's does not matter any more.
    if (this.#sock.authState.creds.registered) return;
    this.#sock.authState.creds.advSecretKey = randomBytes(32).toString("base64");
    this.#cancelTimer();
    this.#show(this.#clock.now() + nextRefMs);
    this.#cancelTimer = this.#clock.after(nextRefMs, () => this.#next(nextRefMs));
  }

  /** The server retired the code. Baileys takes this for the phone's greeting, chokes on it and acknowledges. */
  #refreshCode(node: BinaryNode): void {
    const stage = getBinaryNodeChild(node, "link_code_companion_reg")?.attrs.stage;
    if (!fromServer(node) || this.#over || !this.#pairWith || stage !== "refresh_code") return;
    this.#renewals += 1;
    if (this.#renewals > mostRenewals) return;
    void this.#requestCode(this.#pairWith).catch(() => {});
  }

  #passkey(node: BinaryNode): void {
    if (!fromServer(node)) return;
    this.#acknowledge(node);
    const { id = "" } = node.attrs;
    if (this.#asked.has(id) || (this.#over && !this.#ceremony)) return;
    this.#asked.add(id);
    if (!this.#over) this.#hooks.report({ type: "passkey_required", ceremony: this.#passkeys });
    this.#showNoMore();
    if (!this.#passkeys) return;
    this.#ceremony ??= new PasskeyCeremonyRun({
      sock: this.#sock,
      browserName: this.#browser[1],
      clock: this.#clock,
      report: (signal) => this.#hooks.report(signal),
    });
    this.#ceremony.asked(node);
  }

  #continued(node: BinaryNode): void {
    if (!fromServer(node)) return;
    this.#acknowledge(node);
    this.#ceremony?.continued(node);
  }

  /** Baileys acknowledges by itself once it knows who it is, which in QR mode is only after linking. */
  #acknowledge(node: BinaryNode): void {
    if (this.#sock.authState.creds.me) return;
    const { id = "", from = "", type = "" } = node.attrs;
    void this.#sock.sendNode({ tag: "ack", attrs: { id, to: from, class: "notification", type } }).catch(() => {});
  }
}

/**
 * The server's answer to a request for a code: null when it took it, else its error. Baileys does not wait for it, and
 * would show a code that the phone will never accept.
 */
function answerToHello(sock: WASocket, clock: Clock): Promise<string | null> {
  return new Promise((resolve) => {
    const settle = (refusal: string | null): void => {
      cancel();
      sock.ws.off("frame", look);
      resolve(refusal);
    };
    const look = (node: BinaryNode): void => {
      if (node.tag !== "iq") return;
      if (node.attrs.type === "error") settle(getBinaryNodeChild(node, "error")?.attrs.code ?? "unknown");
      else if (getBinaryNodeChild(node, "link_code_companion_reg")) settle(null);
    };
    const cancel = clock.after(answerMs, () => settle("no answer"));
    sock.ws.on("frame", look);
  });
}

function fromServer(node: BinaryNode): boolean {
  return node.attrs.from === S_WHATSAPP_NET || node.attrs.from === "s.whatsapp.net";
}
