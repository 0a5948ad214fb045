import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { AccountPasskey, WebAuthnAssertion } from "../accounts/passkey.ts";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { User } from "../accounts/user.ts";
import { hkdf, hmac, openGcm, sha256 } from "../crypto/cipher.ts";
import { agree, type KeyPair, newKeyPair } from "../crypto/curve.ts";
import type { DeviceConnection } from "../network/connection.ts";
import { bytesOf, children, el, type Stanza } from "../wire/stanza.ts";
import { type PasskeyOptions, passkeyOptionsNode, passkeyRequestJson, tellWaiting } from "./demands.ts";
import type { Forgery } from "./identity.ts";
import type { Pairing } from "./pairing.ts";

// What WhatsApp calls Shortcake: server and phone. The queries and what is computed are those of whatsmeow `pair-passkey.go`
// (33cfac51, 2026-08-21) and whatsapp-rust `wacore/src/shortcake.rs` (2026-08-21). There is no capture of a refusal: the
// codes are guesses. Nor is there one of what the phone does without a proof: that it shows the code is what
// WhatsApp Web expects of it.

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTVWXYZ";
const PROLOGUE = ["credential_id", "webauthn_assertion", "prologue_payload"];

/** What a round asks of the server around it. */
export interface RoundPorts {
  /** Takes the companion in, with this secret. */
  link(pairing: Pairing, user: User, secret: Buffer, forgery?: Forgery): Promise<LinkedDevice>;
  refuse(iq: Stanza, code: number): void;
  result(iq: Stanza, content?: Stanza[]): void;
}

interface Prologue {
  readonly companion: { readonly bytes: Buffer; readonly publicKey: Buffer; readonly deviceType: number };
  readonly commitment: Buffer;
  readonly isProven: boolean;
}

/** One companion and one phone in a ceremony with the account's passkey. */
export class PasskeyRound {
  readonly user: User;
  readonly #passkey: AccountPasskey;
  readonly #pairing: Pairing;
  /** What the phone read from the QR, or derived from the code. */
  readonly #scanned: Buffer;
  readonly #forgery: Forgery | undefined;
  readonly #ephemeral: KeyPair;
  readonly #nonce: Buffer;
  readonly #linked = Promise.withResolvers<LinkedDevice>();
  #challenge: string | null = null;
  #ref: string | null = null;
  #prologue: Prologue | null = null;
  #isNonceShown = false;

  constructor(passkey: AccountPasskey, user: User, pairing: Pairing, scanned: Buffer, forgery?: Forgery) {
    const { random } = pairing.connection.network;
    this.user = user;
    this.#passkey = passkey;
    this.#pairing = pairing;
    this.#scanned = scanned;
    this.#forgery = forgery;
    this.#ephemeral = newKeyPair(random);
    this.#nonce = random.bytes(32);
    this.#linked.promise.catch(() => {});
    // Once the link has begun, that tells of its end: it closes the connection itself.
    pairing.connection.onClose(() => {
      if (!pairing.taken) this.#linked.reject(new Error("the client broke off the ceremony"));
    });
  }

  /** Resolves when the phone has taken the companion in. */
  get linked(): Promise<LinkedDevice> {
    return this.#linked.promise;
  }

  /** Asks the companion for a signature; each time over another challenge. */
  demand(options: PasskeyOptions): void {
    const { connection } = this.#pairing;
    tellWaiting(connection, "passkey_prologue_request", passkeyOptionsNode(this.#options(), options));
  }

  #options(): Buffer {
    const { random } = this.#pairing.connection.network;
    this.#challenge = random.bytes(32).toString("base64url");
    return passkeyRequestJson(this.#challenge);
  }

  /** False for a query that is not of the ceremony. */
  answer(iq: Stanza, request: Stanza, ports: RoundPorts): boolean {
    const steps: Record<string, () => string | undefined> = {
      passkey_request_options: () => this.#told(iq, el("passkey_request_options", {}, this.#options()), ports),
      ref: () => this.#told(iq, el("ref", {}, Buffer.from(this.#newRef())), ports),
      passkey_prologue: () => this.#begin(iq, request, ports),
      companion_nonce: () => this.#reveal(iq, bytesOf(request), ports),
      encrypted_pairing_request: () => this.#finish(iq, bytesOf(request), ports),
    };
    const step = steps[request.tag];
    const fault = step?.();
    if (fault !== undefined) {
      this.#pairing.connection.complain(`sent a ${request.tag} that ${fault}`);
      ports.refuse(iq, 400);
    }
    return step !== undefined;
  }

  #told(iq: Stanza, answer: Stanza, ports: RoundPorts): undefined {
    ports.result(iq, [answer]);
  }

  #newRef(): string {
    return (this.#ref = `2@${this.#pairing.connection.network.random.bytes(24).toString("base64")}`);
  }

  #begin(iq: Stanza, request: Stanza, ports: RoundPorts): string | undefined {
    if (this.#challenge === null) return "answers no request";
    const [id, assertion, payload, proof, ...rest] = children(request);
    const tags = [id, assertion, payload].map((one) => one?.tag);
    if (tags.join() !== PROLOGUE.join() || rest.length > 0) return "has not the parts, in order, that it should have";
    const [credentialId, json, prologue] = [bytesOf(id), bytesOf(assertion), bytesOf(payload)];
    if (!credentialId || !json || !prologue) return "has an empty part";
    const challenge = this.#challenge;
    // Good for one answer, right or wrong.
    this.#challenge = null;
    const fault = this.#passkey.fault(JSON.parse(json.toString()) as WebAuthnAssertion, credentialId, challenge);
    if (fault !== undefined) return `has an assertion that ${fault}`;
    const read = this.#read(prologue, proof);
    if (typeof read === "string") return read;
    this.#prologue = read;
    ports.result(iq);
    this.#continue();
    return undefined;
  }

  #read(payload: Buffer, proof: Stanza | undefined): Prologue | string {
    const { companionEphemeralIdentity, commitment } = proto.ProloguePayload.decode(payload);
    const bytes = Buffer.from(companionEphemeralIdentity ?? []);
    const { publicKey, deviceType, ref } = proto.CompanionEphemeralIdentity.decode(bytes);
    if (publicKey?.length !== 32 || commitment?.hash?.length !== 32) return "lacks a key or its commitment";
    if (ref !== this.#ref || ref === null) return "names another reference than it was given";
    if (proof && proof.tag !== "pairing_handoff_proof") return `ends with ${proof.tag}`;
    const expected = hmac(hkdf(this.#scanned, 32, "shortcake-passkey-handoff-v1"), payload);
    if (proof && !bytesOf(proof)?.equals(expected)) return "proves another secret than the one that was scanned";
    return {
      companion: { bytes, publicKey: Buffer.from(publicKey), deviceType: deviceType ?? 0 },
      commitment: Buffer.from(commitment.hash),
      isProven: proof !== undefined,
    };
  }

  /** The phone's turn, unless its owner has put it away. */
  #continue(): void {
    const times = { answers: 1, "answers-twice": 2, silent: 0 }[this.user.passkeyConduct];
    const identity = proto.PrimaryEphemeralIdentity.encode({ publicKey: this.#ephemeral.public, nonce: this.#nonce });
    for (let at = 0; at < times; at++)
      tellWaiting(
        this.#pairing.connection,
        "crsc_continuation",
        el("primary_ephemeral_identity", {}, identity.finish()),
      );
  }

  #reveal(iq: Stanza, nonce: Buffer | undefined, ports: RoundPorts): string | undefined {
    const prologue = this.#prologue;
    if (!prologue || nonce?.length !== 32) return "comes before the prologue, or is no nonce";
    if (!sha256(prologue.companion.bytes, nonce).equals(prologue.commitment)) return "is not what was committed to";
    this.#isNonceShown = true;
    const digest = sha256(nonce, this.#ephemeral.public);
    const code = spelled(digest.subarray(0, 5).map((byte, at) => byte ^ (this.#nonce[at] ?? 0)));
    const { network } = this.#pairing.connection;
    network.events.emit({ type: "passkey.code", phone: this.user.number, code, shown: !prologue.isProven });
    ports.result(iq);
    return undefined;
  }

  #finish(iq: Stanza, bytes: Buffer | undefined, ports: RoundPorts): string | undefined {
    const prologue = this.#prologue;
    if (!prologue || !this.#isNonceShown || !bytes) return "comes before the nonce";
    const { companion } = prologue;
    const { encryptedPayload, iv } = proto.EncryptedPairingRequest.decode(bytes);
    const salt = Buffer.from(`Companion Pairing ${companion.deviceType} with ref ${this.#ref}`);
    const shared = agree(this.#ephemeral, companion.publicKey);
    const key = hkdf(shared, 32, "Pairing Information Encryption Key", salt);
    let opened: Buffer;
    try {
      opened = openGcm(key, Buffer.from(iv ?? []), Buffer.from(encryptedPayload ?? []));
    } catch {
      return "the phone cannot open";
    }
    const { companionPublicKey, companionIdentityKey, advSecret } = proto.PairingRequest.decode(opened);
    const { noiseKey, preKeys } = this.#pairing;
    const isOurs =
      noiseKey.equals(companionPublicKey ?? new Uint8Array()) &&
      preKeys.identity.equals(companionIdentityKey ?? new Uint8Array());
    if (!isOurs || advSecret?.length !== 32) return "names other keys than those of the connection";
    this.#prologue = null;
    ports.result(iq);
    const link = ports.link(this.#pairing, this.user, Buffer.from(advSecret), this.#forgery);
    link.then(this.#linked.resolve, this.#linked.reject);
    return undefined;
  }
}

/** Crockford's base 32 of five bytes, `XXXX-XXXX`. */
function spelled(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  const letters = Array.from({ length: 8 }, (_, at) => ALPHABET[Number((bits >> BigInt(5 * (7 - at))) & 31n)]);
  return `${letters.slice(0, 4).join("")}-${letters.slice(4).join("")}`;
}

/** The rounds that run, by the companion's connection. */
export type PasskeyRounds = WeakMap<DeviceConnection, PasskeyRound>;
