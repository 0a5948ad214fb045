import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { Random } from "../../base/random.ts";
import { agree, type KeyPair, newKeyPair, verify } from "../../crypto/curve.ts";
import { SymmetricState, TransportCipher } from "../../noise/cipher.ts";

/** The client's half of `Noise_XX_25519_AESGCM_SHA256`. */
export class NoiseInitiator {
  readonly #state: SymmetricState;
  readonly #ephemeral: KeyPair;
  readonly #static: KeyPair;

  constructor(own: KeyPair, prologue: Buffer, random: Random) {
    this.#static = own;
    this.#ephemeral = newKeyPair(random);
    this.#state = new SymmetricState("XX", prologue);
  }

  hello(): Buffer {
    this.#state.mixHash(this.#ephemeral.public);
    return Buffer.from(proto.HandshakeMessage.encode({ clientHello: { ephemeral: this.#ephemeral.public } }).finish());
  }

  /** Answers the server's hello; `rootKey` undefined trusts anybody. Throws when the certificate is not the root's. */
  finish(frame: Buffer, payload: Uint8Array, rootKey: Buffer | undefined): Buffer {
    const { serverHello } = proto.HandshakeMessage.decode(frame);
    if (!serverHello?.ephemeral || !serverHello.static || !serverHello.payload) throw new Error("half a server hello");
    const state = this.#state;
    state.mixHash(serverHello.ephemeral);
    state.mixKey(agree(this.#ephemeral, serverHello.ephemeral));
    const serverStatic = state.openAndHash(serverHello.static);
    state.mixKey(agree(this.#ephemeral, serverStatic));
    const chain = state.openAndHash(serverHello.payload);
    if (rootKey) checkChain(chain, rootKey, serverStatic);
    const sealed = state.sealAndHash(this.#static.public);
    state.mixKey(agree(this.#static, serverHello.ephemeral));
    const clientFinish = { static: sealed, payload: state.sealAndHash(payload) };
    return Buffer.from(proto.HandshakeMessage.encode({ clientFinish }).finish());
  }

  split(): { write: TransportCipher; read: TransportCipher } {
    const [write, read] = this.#state.split();
    return { write: new TransportCipher(write), read: new TransportCipher(read) };
  }
}

function checkChain(bytes: Buffer, rootKey: Buffer, serverStatic: Buffer): void {
  const { intermediate, leaf } = proto.CertChain.decode(bytes);
  const { NoiseCertificate } = proto.CertChain;
  const above = NoiseCertificate.Details.decode(intermediate?.details ?? new Uint8Array());
  const own = NoiseCertificate.Details.decode(leaf?.details ?? new Uint8Array());
  const isSigned =
    verify(rootKey, intermediate?.details ?? new Uint8Array(), intermediate?.signature ?? new Uint8Array()) &&
    verify(above.key ?? new Uint8Array(), leaf?.details ?? new Uint8Array(), leaf?.signature ?? new Uint8Array());
  if (!isSigned || !serverStatic.equals(own.key ?? new Uint8Array()))
    throw new Error("the server's certificate is not signed by the root");
}
