import { generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { sha256 } from "../crypto/cipher.ts";
import type { Random } from "../base/random.ts";

/** The site that WhatsApp's passkeys belong to, and where they are used (options seen by two users, 2026-07). */
export const RELYING_PARTY = "whatsapp.com";
export const SIGNING_ORIGIN = "https://web.whatsapp.com";

/** The user was there (UP) and was recognised (UV). */
const PRESENT_AND_VERIFIED = 0x05;

/** A passkey as an authenticator takes it in; bytes in base64url, but for the key, whose PKCS #8 is in base64. */
export interface PasskeyCredential {
  readonly rpId: string;
  readonly credentialId: string;
  readonly userHandle: string;
  readonly privateKey: string;
}

/** What `navigator.credentials.get` answers, as `toJSON()` writes it. */
export interface WebAuthnAssertion {
  readonly id: string;
  readonly rawId: string;
  readonly type: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle: string | null;
  };
}

/** What an owner may do otherwise than right when signing. */
export interface SigningSlips {
  readonly origin?: string;
  readonly rpId?: string;
  readonly flags?: number;
  readonly type?: string;
  readonly challenge?: string;
}

/** An account's passkey: the half that WhatsApp keeps, and the one in the owner's browser. */
export class AccountPasskey {
  readonly #id: Buffer;
  readonly #userHandle: Buffer;
  readonly #private: KeyObject;
  readonly #public: KeyObject;
  #counter = 0;

  constructor(random: Random) {
    this.#id = random.bytes(16);
    this.#userHandle = random.bytes(16);
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#private = privateKey;
    this.#public = publicKey;
  }

  get credential(): PasskeyCredential {
    return {
      rpId: RELYING_PARTY,
      credentialId: this.#id.toString("base64url"),
      userHandle: this.#userHandle.toString("base64url"),
      privateKey: this.#private.export({ type: "pkcs8", format: "der" }).toString("base64"),
    };
  }

  /** Signs as a browser does on web.whatsapp.com. */
  signs({ challenge }: { challenge: string }, slips: SigningSlips = {}): WebAuthnAssertion {
    const {
      origin = SIGNING_ORIGIN,
      rpId = RELYING_PARTY,
      flags = PRESENT_AND_VERIFIED,
      type = "webauthn.get",
    } = slips;
    const said = { type, challenge: slips.challenge ?? challenge, origin, crossOrigin: false };
    const clientData = Buffer.from(JSON.stringify(said));
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(++this.#counter);
    const authenticatorData = Buffer.concat([sha256(Buffer.from(rpId)), Buffer.from([flags]), counter]);
    const id = this.#id.toString("base64url");
    return {
      id,
      rawId: id,
      type: "public-key",
      response: {
        clientDataJSON: clientData.toString("base64url"),
        authenticatorData: authenticatorData.toString("base64url"),
        signature: sign("sha256", Buffer.concat([authenticatorData, sha256(clientData)]), this.#private).toString(
          "base64url",
        ),
        userHandle: this.#userHandle.toString("base64url"),
      },
    };
  }

  /** What is wrong with an assertion over this challenge, in words; undefined when nothing is (WebAuthn level 3, 7.2). */
  fault(assertion: WebAuthnAssertion, credentialId: Buffer, challenge: string): string | undefined {
    const { response } = assertion;
    const clientData = Buffer.from(response.clientDataJSON, "base64url");
    const data = Buffer.from(response.authenticatorData, "base64url");
    const said = JSON.parse(clientData.toString()) as Record<string, unknown>;
    const flags = data[32] ?? 0;
    if (assertion.type !== "public-key") return "is of another type than public-key";
    if (assertion.id !== assertion.rawId || !credentialId.equals(Buffer.from(assertion.rawId, "base64url")))
      return "names another credential than credential_id";
    if (!credentialId.equals(this.#id)) return "is of a passkey that the account does not have";
    if (said["type"] !== "webauthn.get") return `has the type ${String(said["type"])}`;
    if (said["challenge"] !== challenge) return "answers another challenge";
    if (said["origin"] !== SIGNING_ORIGIN) return `was made on ${String(said["origin"])}`;
    if (!data.subarray(0, 32).equals(sha256(Buffer.from(RELYING_PARTY)))) return "is of another site";
    // BE, BS and ED may be set too: an authenticator's `uvm` makes the data longer than 37 bytes.
    if ((flags & PRESENT_AND_VERIFIED) !== PRESENT_AND_VERIFIED) return "was made without the user";
    const signed = Buffer.concat([data, sha256(clientData)]);
    if (!verify("sha256", signed, this.#public, Buffer.from(response.signature, "base64url")))
      return "has a wrong signature";
    return this.#counted(data.readUInt32BE(33));
  }

  /** A counter that goes back is a copy's; most passkeys count nothing and say 0. */
  #counted(counter: number): string | undefined {
    if (counter !== 0 && counter < this.#counter) return "counts backwards";
    this.#counter = Math.max(this.#counter, counter);
    return undefined;
  }
}
