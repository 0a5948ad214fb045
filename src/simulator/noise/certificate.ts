import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { type KeyPair, newKeyPair, sign } from "../crypto/curve.ts";
import type { Random } from "../base/random.ts";

const { NoiseCertificate } = proto.CertChain;
const DAY_S = 86_400;

/**
 * The server's certificates: a root of its own signs an intermediate (issuerSerial 0, as clients demand), which signs
 * the static key of the Noise handshake. A client that trusts `root.public` and no other accepts this server only.
 */
export class CertificateAuthority {
  readonly root: KeyPair;
  readonly serverStatic: KeyPair;
  readonly chain: Buffer;

  constructor(random: Random) {
    this.root = newKeyPair(random);
    this.serverStatic = newKeyPair(random);
    const intermediate = newKeyPair(random);
    this.chain = Buffer.from(
      proto.CertChain.encode({
        intermediate: certify(this.root, intermediate.public, { serial: 1, issuerSerial: 0 }),
        leaf: certify(intermediate, this.serverStatic.public, { serial: 2, issuerSerial: 1 }),
      }).finish(),
    );
  }
}

function certify(signer: KeyPair, key: Buffer, numbers: { serial: number; issuerSerial: number }) {
  // Clients refuse a certificate that is not valid now (whatsmeow handshake.go:133, 2026-08).
  const now = Math.floor(Date.now() / 1000);
  const validity = { notBefore: now - DAY_S, notAfter: now + 365 * DAY_S };
  const details = NoiseCertificate.Details.encode({ ...numbers, ...validity, key }).finish();
  return { details, signature: sign(signer, details) };
}
