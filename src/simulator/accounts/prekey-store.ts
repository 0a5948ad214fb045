import { sha1 } from "../crypto/cipher.ts";
import { rawPublic, typedPublic, verify } from "../crypto/curve.ts";
import type { Bundle } from "../signal/bundle.ts";
import { bytesOf, child, children, numberOf, type Stanza } from "../wire/stanza.ts";

export interface SignedPreKey {
  readonly id: number;
  readonly key: Buffer;
  readonly signature: Buffer;
}

/** The public keys a client keeps on the server. One-time pre-keys are handed out once, oldest first. */
export class PreKeyStore {
  registrationId: number;
  identity: Buffer;
  signedPreKey: SignedPreKey;
  readonly #oneTime = new Map<number, Buffer>();
  readonly #everUploaded = new Map<number, string>();

  /** Throws when the signed pre-key is not signed by the identity. */
  constructor(registrationId: number, identity: Buffer, signedPreKey: SignedPreKey) {
    this.registrationId = registrationId;
    this.identity = identity;
    this.signedPreKey = signedPreKey;
    assertSigned(identity, signedPreKey);
  }

  get count(): number {
    return this.#oneTime.size;
  }

  /** Takes an upload (`iq xmlns=encrypt type=set`); returns what is wrong with it, in sentences. */
  upload(iq: Stanza): string[] {
    const identity = bytesOf(child(iq, "identity"));
    const registrationId = numberOf(child(iq, "registration"));
    if (!identity || !rawPublic(identity).equals(this.identity)) return ["pre-keys uploaded for another identity"];
    if (registrationId !== this.registrationId) return ["pre-keys uploaded for another registration id"];
    const problems = this.rotate(child(iq, "skey"));
    for (const key of children(child(iq, "list"), "key")) problems.push(...this.#add(key));
    return problems;
  }

  /** Takes a new signed pre-key. */
  rotate(skey: Stanza | undefined): string[] {
    const parsed = parseSigned(skey);
    if (!parsed) return ["a signed pre-key lacks id, value or signature"];
    try {
      assertSigned(this.identity, parsed);
    } catch (cause) {
      return [String(cause)];
    }
    this.signedPreKey = parsed;
    return [];
  }

  take(): Bundle {
    const [first] = this.#oneTime;
    if (first) this.#oneTime.delete(first[0]);
    return {
      registrationId: this.registrationId,
      identity: this.identity,
      signedPreKey: this.signedPreKey,
      preKey: first && { id: first[0], key: first[1] },
    };
  }

  /** Throws away all but `left` one-time pre-keys, to play a shortage. */
  drain(left = 0): void {
    for (const id of [...this.#oneTime.keys()].slice(0, Math.max(0, this.count - left))) this.#oneTime.delete(id);
  }

  /** The ids of the one-time pre-keys that are left, in the order in which a digest hashes them. */
  get ids(): number[] {
    return [...this.#oneTime.keys()];
  }

  /** The hash a client compares with its own keys: of identity, signed pre-key, its signature, one-time pre-keys. */
  get digest(): Buffer {
    const { key, signature } = this.signedPreKey;
    return sha1(this.identity, key, signature, ...this.#oneTime.values());
  }

  #add(node: Stanza): string[] {
    const id = numberOf(child(node, "id"));
    const key = bytesOf(child(node, "value"));
    if (id === undefined || key?.length !== 32) return ["a pre-key lacks its id or is not 32 bytes long"];
    const hex = key.toString("hex");
    const before = this.#everUploaded.get(id);
    this.#everUploaded.set(id, hex);
    if (before !== undefined && before !== hex) return [`pre-key ${id} was uploaded before with other bytes`];
    if (before !== undefined) return []; // a repeated upload must not revive a spent key
    this.#oneTime.set(id, key);
    return [];
  }
}

function parseSigned(skey: Stanza | undefined): SignedPreKey | undefined {
  const id = numberOf(child(skey, "id"));
  const key = bytesOf(child(skey, "value"));
  const signature = bytesOf(child(skey, "signature"));
  return id === undefined || !key || !signature ? undefined : { id, key: rawPublic(key), signature };
}

function assertSigned(identity: Buffer, signed: SignedPreKey): void {
  if (!verify(identity, typedPublic(signed.key), signed.signature)) {
    throw new Error("the signed pre-key is not signed by the device's identity");
  }
}
