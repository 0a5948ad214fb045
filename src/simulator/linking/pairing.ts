import { PreKeyStore } from "../accounts/prekey-store.ts";
import type { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { Network } from "../network/network.ts";
import type { DeviceConnection } from "../network/connection.ts";
import { el } from "../wire/stanza.ts";

/** A reference a QR may carry, and until when (Unix milliseconds). */
export interface PairingRef {
  readonly ref: string;
  readonly expiresAt: number;
}

/** A new companion on the line, waiting for a phone to take it in. */
export class Pairing {
  readonly connection: DeviceConnection;
  /** The static key of its handshake, 32 bytes. */
  readonly noiseKey: Buffer;
  readonly preKeys: PreKeyStore;
  readonly refs: readonly PairingRef[];
  /** Set as soon as a phone has taken it: a companion is taken once. */
  taken = false;
  /** Secrets of QRs that were retired, in hexadecimal. */
  readonly retiredSecrets = new Set<string>();

  constructor(connection: DeviceConnection, noiseKey: Buffer, preKeys: PreKeyStore) {
    this.connection = connection;
    this.noiseKey = noiseKey;
    this.preKeys = preKeys;
    this.refs = newRefs(connection.network);
  }

  /** Sends the references; the client answers with an empty result and shows the first. */
  offer(): void {
    const { connection } = this;
    const refs = this.refs.map(({ ref }) => el("ref", {}, Buffer.from(ref)));
    const attrs = { from: "@s.whatsapp.net", type: "set", id: connection.newId(), xmlns: "md" };
    connection.ask(el("iq", attrs, [el("pair-device", {}, refs)]), () => {});
    connection.network.events.emit({ type: "qr.offered", connection: connection.number, refs: refs.length });
  }
}

function newRefs(network: Network): PairingRef[] {
  const [first, later] = network.options.refLifetimeMs;
  const start = Date.now();
  return Array.from({ length: network.options.refCount }, (_, at) => ({
    ref: `2@${network.random.bytes(24).toString("base64")}`,
    expiresAt: start + first + at * later,
  }));
}

/** The keys a new companion brings in its handshake. Throws with what is missing or wrong. */
export function readPairingData(data: proto.ClientPayload.IDevicePairingRegistrationData): PreKeyStore {
  const { eRegid, eIdent, eSkeyId, eSkeyVal, eSkeySig } = data;
  if (eRegid?.length !== 4 || eIdent?.length !== 32 || eSkeyId?.length !== 3 || eSkeyVal?.length !== 32 || !eSkeySig) {
    throw new Error("registers without its identity, registration id or signed pre-key");
  }
  return new PreKeyStore(Buffer.from(eRegid).readUInt32BE(0), Buffer.from(eIdent), {
    id: Buffer.from(eSkeyId).readUIntBE(0, 3),
    key: Buffer.from(eSkeyVal),
    signature: Buffer.from(eSkeySig),
  });
}
