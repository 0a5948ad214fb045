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

/**
 * The server's half of the handshake, one per connection: Noise XX; or IK, when a client comes back with the key it
 * knows the server by, which falls back to XX when that key is another (zapo WaNoiseSession.ts, 2026-08).
 */
export class NoiseResponder {
  #state: SymmetricState;
  readonly #authority: CertificateAuthority;
  readonly #prologue: Buffer;
  readonly #ephemeral: KeyPair;
  /** What a resumed handshake yields; it is over with the server's hello. */
  resumed: Handshake | undefined;

  /** `prologue` is the four bytes every connection starts with: `WA`, 6, the dictionary's version. */
  constructor(authority: CertificateAuthority, prologue: Buffer, random: Random) {
    this.#authority = authority;
    this.#prologue = prologue;
    this.#ephemeral = newKeyPair(random);
    this.#state = new SymmetricState("XX", prologue);
  }

  /** Answers the client's hello. Throws on a malformed one. */
  hello(frame: Buffer): Buffer {
    const { clientHello } = proto.HandshakeMessage.decode(frame);
    if (clientHello?.ephemeral?.length !== 32) throw new Error("client hello without an ephemeral key");
    const { ephemeral, static: sealedStatic, payload } = clientHello;
    if (!sealedStatic || !payload) return this.#first(ephemeral);
    const state = new SymmetricState("IK", this.#prologue);
    const opened = this.#openResumed(state, { ephemeral, sealedStatic, payload });
    if (opened) return this.#resume(state, ephemeral, opened);
    this.#state = new SymmetricState("XXfallback", this.#prologue);
    return this.#first(ephemeral);
  }

  /** `-> e`, answered with `<- e, ee, s, es` and the certificates. */
  #first(ephemeral: Uint8Array): Buffer {
    const state = this.#state;
    state.mixHash(ephemeral);
    state.mixHash(this.#ephemeral.public);
    state.mixKey(agree(this.#ephemeral, ephemeral));
    const sealedStatic = state.sealAndHash(this.#authority.serverStatic.public);
    state.mixKey(agree(this.#authority.serverStatic, ephemeral));
    const payload = state.sealAndHash(this.#authority.chain);
    const serverHello = { ephemeral: this.#ephemeral.public, static: sealedStatic, payload };
    return Buffer.from(proto.HandshakeMessage.encode({ serverHello }).finish());
  }

  /** `-> e, es, s, ss` and the client's payload; undefined when it was sealed for another key. */
  #openResumed(state: SymmetricState, hello: ResumeHello): Pick<Handshake, "clientStatic" | "payload"> | undefined {
    const { serverStatic } = this.#authority;
    state.mixHash(serverStatic.public);
    state.mixHash(hello.ephemeral);
    try {
      state.mixKey(agree(serverStatic, hello.ephemeral));
      const clientStatic = state.openAndHash(hello.sealedStatic);
      state.mixKey(agree(serverStatic, clientStatic));
      return { clientStatic, payload: proto.ClientPayload.decode(state.openAndHash(hello.payload)) };
    } catch {
      return undefined;
    }
  }

  /** `<- e, ee, se` and the certificates: the handshake is over. */
  #resume(state: SymmetricState, ephemeral: Uint8Array, opened: Pick<Handshake, "clientStatic" | "payload">): Buffer {
    state.mixHash(this.#ephemeral.public);
    state.mixKey(agree(this.#ephemeral, ephemeral));
    state.mixKey(agree(this.#ephemeral, opened.clientStatic));
    const payload = state.sealAndHash(this.#authority.chain);
    this.resumed = { ...opened, ...ciphers(state) };
    const serverHello = { ephemeral: this.#ephemeral.public, payload };
    return Buffer.from(proto.HandshakeMessage.encode({ serverHello }).finish());
  }

  /** `-> s, se` and the client's payload. Throws when anything does not open. */
  finish(frame: Buffer): Handshake {
    const { clientFinish } = proto.HandshakeMessage.decode(frame);
    if (!clientFinish?.static || !clientFinish.payload) throw new Error("client finish without key or payload");
    const clientStatic = this.#state.openAndHash(clientFinish.static);
    this.#state.mixKey(agree(this.#ephemeral, clientStatic));
    const payload = proto.ClientPayload.decode(this.#state.openAndHash(clientFinish.payload));
    return { clientStatic, payload, ...ciphers(this.#state) };
  }
}

interface ResumeHello {
  readonly ephemeral: Uint8Array;
  readonly sealedStatic: Uint8Array;
  readonly payload: Uint8Array;
}

function ciphers(state: SymmetricState): Pick<Handshake, "read" | "write"> {
  const [clientWrites, serverWrites] = state.split();
  return { read: new TransportCipher(clientWrites), write: new TransportCipher(serverWrites) };
}
