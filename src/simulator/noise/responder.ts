import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { agree, type KeyPair, newKeyPair } from "../crypto/curve.ts";
import type { Random } from "../base/random.ts";
import type { CertificateAuthority } from "./certificate.ts";
import { SymmetricState, TransportCipher } from "./cipher.ts";

/** What a finished handshake yields. */
export interface Handshake {
  /** The client's long-lived Noise key, 32 bytes: what a login is recognised by. */
  readonly clientStatic: Buffer;
  readonly payload: proto.ClientPayload;
  readonly read: TransportCipher;
  readonly write: TransportCipher;
}

/** The server's half of `Noise_XX_25519_AESGCM_SHA256`, one per connection. */
export class NoiseResponder {
  readonly #state = new SymmetricState();
  readonly #authority: CertificateAuthority;
  readonly #ephemeral: KeyPair;

  /** `prologue` is the four bytes every connection starts with: `WA`, 6, the dictionary's version. */
  constructor(authority: CertificateAuthority, prologue: Buffer, random: Random) {
    this.#authority = authority;
    this.#ephemeral = newKeyPair(random);
    this.#state.mixHash(prologue);
  }

  /** `-> e`, answered with `<- e, ee, s, es` and the certificates. Throws on a malformed hello. */
  hello(frame: Buffer): Buffer {
    const { clientHello } = proto.HandshakeMessage.decode(frame);
    if (clientHello?.ephemeral?.length !== 32) throw new Error("client hello without an ephemeral key");
    const state = this.#state;
    state.mixHash(clientHello.ephemeral);
    state.mixHash(this.#ephemeral.public);
    state.mixKey(agree(this.#ephemeral, clientHello.ephemeral));
    const sealedStatic = state.sealAndHash(this.#authority.serverStatic.public);
    state.mixKey(agree(this.#authority.serverStatic, clientHello.ephemeral));
    const payload = state.sealAndHash(this.#authority.chain);
    const serverHello = { ephemeral: this.#ephemeral.public, static: sealedStatic, payload };
    return Buffer.from(proto.HandshakeMessage.encode({ serverHello }).finish());
  }

  /** `-> s, se` and the client's payload. Throws when anything does not open. */
  finish(frame: Buffer): Handshake {
    const { clientFinish } = proto.HandshakeMessage.decode(frame);
    if (!clientFinish?.static || !clientFinish.payload) throw new Error("client finish without key or payload");
    const clientStatic = this.#state.openAndHash(clientFinish.static);
    this.#state.mixKey(agree(this.#ephemeral, clientStatic));
    const payload = proto.ClientPayload.decode(this.#state.openAndHash(clientFinish.payload));
    const [clientWrites, serverWrites] = this.#state.split();
    return {
      clientStatic,
      payload,
      read: new TransportCipher(clientWrites),
      write: new TransportCipher(serverWrites),
    };
  }
}
