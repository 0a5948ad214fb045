import type { DeviceConnection } from "../network/connection.ts";
import { SERVER } from "../wire/address.ts";
import { bytesOf, el, type Stanza } from "../wire/stanza.ts";
import type { Network } from "../network/network.ts";
import type { PasskeyRounds } from "./passkey-round.ts";

/**
 * What the server or phone may do instead of linking, as the field has seen since July 2026:
 * - `refresh-secret`: the secret in the QR is retired; a scan with another one goes through;
 * - `refresh-code`: the pairing code is retired; the companion must ask for another;
 * - `passkey`: the account demands a passkey before anything else;
 * - `silence`: the phone accepts and nothing ever comes of it.
 */
export type LinkingDemand = "refresh-secret" | "refresh-code" | "passkey" | "silence";

/** How the options of the passkey come: inside the notification, as text in it, on request, or unreadable. */
export type PasskeyOptions = "embedded" | "text" | "absent" | "malformed";

/** A notification to a companion that is not linked yet. */
export interface LinkingNotice {
  readonly id: string;
  /** Whether the companion has acknowledged it. */
  readonly acked: () => boolean;
}

declare module "../network/network.ts" {
  interface Network {
    demands: LinkingDemands;
  }
}

/** Demands of the server towards companions that wait to be linked. */
export class LinkingDemands {
  readonly #network: Network;
  readonly #next: LinkingDemand[] = [];
  #passkeyOptions: PasskeyOptions = "embedded";
  /** Ceremonies of accounts that have a passkey. */
  readonly rounds: PasskeyRounds = new WeakMap();

  constructor(network: Network) {
    this.#network = network;
  }

  /** The next scan or typed code is met with this demand instead of being linked. */
  next(demand: LinkingDemand, options: { passkeyOptions?: PasskeyOptions } = {}): void {
    this.#passkeyOptions = options.passkeyOptions ?? "embedded";
    this.#next.push(demand);
  }

  /** For scan and code: the demand that meets this one. */
  take(): LinkingDemand | undefined {
    return this.#next.shift();
  }

  /** Retires the secrets of every companion that waits; `child` is what newer servers put in place of the plain one. */
  refreshSecrets(child: "companion_reg_refresh" | "pair-device-rotate-qr" = "companion_reg_refresh"): LinkingNotice[] {
    return this.#network.pairings.waiting.map((connection) => refreshSecret(connection, child));
  }

  /** Retires the pairing code asked for with this number. Throws when none is. */
  refreshCode(number: string): LinkingNotice {
    const code = this.#network.pairings.codes.get(number);
    if (!code) throw new Error(`nobody has asked for a pairing code for ${number}`);
    this.#network.pairings.codes.delete(number);
    const attrs = { stage: "refresh_code", force_manual_refresh: "true" };
    const child = el("link_code_companion_reg", attrs, [el("link_code_pairing_ref", {}, code.ref)]);
    return tellWaiting(code.pairing.connection, "link_code_companion_reg", child);
  }

  /** Demands a passkey of every companion that waits. */
  demandPasskey(options: PasskeyOptions = "embedded"): LinkingNotice[] {
    return this.#network.pairings.waiting.map((connection) => this.passkey(connection, options));
  }

  /** Demands a passkey of one companion. */
  passkey(connection: DeviceConnection, options: PasskeyOptions = this.#passkeyOptions): LinkingNotice {
    return tellWaiting(connection, "passkey_prologue_request", passkeyOptionsNode(this.#freshRequest(), options));
  }

  /** `passkey_request_options`, which a companion may also ask for. */
  passkeyRequest(): Stanza {
    return el("passkey_request_options", {}, this.#freshRequest());
  }

  #freshRequest(): Buffer {
    return passkeyRequestJson(this.#network.random.bytes(32).toString("base64url"));
  }
}

export function refreshSecret(connection: DeviceConnection, child: string): LinkingNotice {
  return tellWaiting(connection, "companion_reg_refresh", el(child));
}

/** A notification to a companion that is not linked yet, which it must acknowledge. */
export function tellWaiting(connection: DeviceConnection, type: string, child: Stanza | undefined): LinkingNotice {
  const id = connection.newId();
  connection.expectedAcks.add(id);
  const attrs = { from: SERVER, type, id, t: connection.network.now };
  connection.send(el("notification", attrs, child ? [child] : undefined));
  return { id, acked: () => !connection.expectedAcks.has(id) };
}

/** What stands in the notification for these options. */
export function passkeyOptionsNode(json: Buffer, options: PasskeyOptions): Stanza | undefined {
  const contents: Readonly<Record<PasskeyOptions, string | Uint8Array | undefined>> = {
    embedded: json,
    text: bytesOf(el("x", {}, json))?.toString("utf8"),
    absent: undefined,
    malformed: Buffer.from("{not json"),
  };
  const content = contents[options];
  return content === undefined ? undefined : el("passkey_request_options", {}, content);
}

/** The options as two users saw them in July 2026 (Baileys#2672). `challenge`: base64url. */
export function passkeyRequestJson(challenge: string): Buffer {
  const options = {
    rpId: "whatsapp.com",
    allowCredentials: [],
    userVerification: "required",
    extensions: { uvm: true },
  };
  return Buffer.from(JSON.stringify({ challenge, timeout: 600_000, ...options }));
}
