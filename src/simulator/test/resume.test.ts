import { createCipheriv, createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { Random } from "../base/random.ts";
import { agree, newKeyPair } from "../crypto/curve.ts";
import { CertificateAuthority } from "../noise/certificate.ts";
import { NoiseResponder } from "../noise/responder.ts";

const PROLOGUE = Buffer.from([0x57, 0x41, 6, 3]);
const random = new Random("resume");

/** A client's half of Noise, written from the specification (revision 34), not from the server's. */
class Initiator {
  #hash: Buffer;
  #chaining: Buffer;
  #key: Buffer = Buffer.alloc(32);
  #counter = 0;

  constructor(name: string) {
    const bytes = Buffer.from(name, "latin1");
    this.#hash = bytes.length <= 32 ? Buffer.concat([bytes, Buffer.alloc(32 - bytes.length)]) : this.#sha(bytes);
    this.#chaining = this.#hash;
    this.hash(PROLOGUE);
  }

  #sha(...parts: Uint8Array[]): Buffer {
    return createHash("sha256").update(Buffer.concat(parts)).digest();
  }

  #nonce(): Buffer {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(this.#counter++, 8);
    return nonce;
  }

  hash(bytes: Uint8Array): void {
    this.#hash = this.#sha(this.#hash, bytes);
  }

  key(secret: Uint8Array): void {
    const keys = Buffer.from(hkdfSync("sha256", secret, this.#chaining, "", 64));
    [this.#chaining, this.#key, this.#counter] = [keys.subarray(0, 32), keys.subarray(32), 0];
  }

  seal(plain: Uint8Array): Buffer {
    const cipher = createCipheriv("aes-256-gcm", this.#key, this.#nonce()).setAAD(this.#hash);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    this.hash(sealed);
    return sealed;
  }

  open(sealed: Uint8Array): Buffer {
    const cipher = createDecipheriv("aes-256-gcm", this.#key, this.#nonce()).setAAD(this.#hash);
    cipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
    this.hash(sealed);
    return plain;
  }

  /** What the client writes with, then what it reads with. */
  split(): [Buffer, Buffer] {
    const keys = Buffer.from(hkdfSync("sha256", Buffer.alloc(0), this.#chaining, "", 64));
    return [keys.subarray(0, 32), keys.subarray(32)];
  }
}

const client = { ephemeral: newKeyPair(random), static: newKeyPair(random) };
const payload = proto.ClientPayload.encode({ username: 6281100000001 }).finish();

/** A client's first frame when it knows the server by `known`. */
function resume(known: Uint8Array): { noise: Initiator; frame: Buffer } {
  const noise = new Initiator("Noise_IK_25519_AESGCM_SHA256");
  noise.hash(known);
  noise.hash(client.ephemeral.public);
  noise.key(agree(client.ephemeral, known));
  const sealedStatic = noise.seal(client.static.public);
  noise.key(agree(client.static, known));
  const clientHello = { ephemeral: client.ephemeral.public, static: sealedStatic, payload: noise.seal(payload) };
  return { noise, frame: Buffer.from(proto.HandshakeMessage.encode({ clientHello }).finish()) };
}

const bytesIn = (bytes: Uint8Array | null | undefined): Buffer => {
  if (!bytes) throw new Error("a part of the hello is missing");
  return Buffer.from(bytes);
};

test("a client that knows the server's key resumes in one round", () => {
  const authority = new CertificateAuthority(random);
  const responder = new NoiseResponder(authority, PROLOGUE, random);
  const { noise, frame } = resume(authority.serverStatic.public);
  const { serverHello } = proto.HandshakeMessage.decode(responder.hello(frame));
  expect(serverHello?.static?.length ?? 0).toBe(0);
  const theirs = bytesIn(serverHello?.ephemeral);
  noise.hash(theirs);
  noise.key(agree(client.ephemeral, theirs));
  noise.key(agree(client.static, theirs));
  expect(noise.open(bytesIn(serverHello?.payload))).toEqual(authority.chain);
  const [writes, reads] = noise.split();
  expect(responder.resumed?.clientStatic).toEqual(client.static.public);
  expect(Number(responder.resumed?.payload.username)).toBe(6281100000001);
  const nonce = Buffer.alloc(12);
  const toServer = createCipheriv("aes-256-gcm", writes, nonce);
  const sealed = Buffer.concat([toServer.update("to the server"), toServer.final(), toServer.getAuthTag()]);
  expect(responder.resumed?.read.open(sealed).toString()).toBe("to the server");
  const answer = bytesIn(responder.resumed?.write.seal(Buffer.from("to the client")));
  const toClient = createDecipheriv("aes-256-gcm", reads, nonce).setAuthTag(answer.subarray(-16));
  expect(toClient.update(answer.subarray(0, -16)).toString()).toBe("to the client");
});

test("a client that knows another key is fallen back to a first handshake", () => {
  const authority = new CertificateAuthority(random);
  const responder = new NoiseResponder(authority, PROLOGUE, random);
  const { frame } = resume(newKeyPair(random).public);
  const { serverHello } = proto.HandshakeMessage.decode(responder.hello(frame));
  const noise = new Initiator("Noise_XXfallback_25519_AESGCM_SHA256");
  const theirs = bytesIn(serverHello?.ephemeral);
  noise.hash(client.ephemeral.public);
  noise.hash(theirs);
  noise.key(agree(client.ephemeral, theirs));
  const serverStatic = noise.open(bytesIn(serverHello?.static));
  expect(serverStatic).toEqual(authority.serverStatic.public);
  noise.key(agree(client.ephemeral, serverStatic));
  expect(noise.open(bytesIn(serverHello?.payload))).toEqual(authority.chain);
  const sealedStatic = noise.seal(client.static.public);
  noise.key(agree(client.static, theirs));
  const clientFinish = { static: sealedStatic, payload: noise.seal(payload) };
  const finished = responder.finish(Buffer.from(proto.HandshakeMessage.encode({ clientFinish }).finish()));
  expect([responder.resumed, finished.clientStatic]).toEqual([undefined, client.static.public]);
});
