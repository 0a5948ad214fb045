import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { der } from "./der.ts";

const ECDSA_SHA256 = der.sequence(der.oid("1.2.840.10045.4.3.2"));
const DAY_MS = 86_400_000;

/** Names a TLS server goes by: DNS names, and IPv4 addresses. */
export interface ServerNames {
  readonly dns: readonly string[];
  readonly ip: readonly string[];
}

/** A certificate authority of the simulator's own, made in memory, for its https and wss endpoints. */
export class TlsAuthority {
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  /** The certificate to trust, as PEM: for `NODE_EXTRA_CA_CERTS` or a `ca` option. */
  readonly certificate: string;

  constructor() {
    const { publicKey } = this.#keys;
    const isAuthority = extension("2.5.29.19", true, der.sequence(der.boolean(true)));
    const mayCertify = extension("2.5.29.15", true, der.bits(Buffer.from([0x06]), 1));
    this.certificate = this.#issue("Simulator root", publicKey, [isAuthority, mayCertify]);
  }

  /** A key and certificate for a server, as PEM. */
  serve({ dns, ip }: ServerNames): { key: string; cert: string } {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const names = [
      ...dns.map((name) => der.context(2, false, Buffer.from(name))),
      ...ip.map((address) => der.context(7, false, Buffer.from(address.split(".").map(Number)))),
    ];
    const forServers = extension("2.5.29.37", false, der.sequence(der.oid("1.3.6.1.5.5.7.3.1")));
    const cert = this.#issue("Simulator", publicKey, [
      extension("2.5.29.17", false, der.sequence(...names)),
      forServers,
    ]);
    return { key: privateKey.export({ type: "pkcs8", format: "pem" }), cert };
  }

  // RFC 5280, section 4.1.
  #issue(subject: string, key: KeyObject, extensions: Buffer[]): string {
    const now = Date.now();
    const body = der.sequence(
      der.context(0, true, der.integer(2)),
      der.integer(randomBytes(16)),
      ECDSA_SHA256,
      name("Simulator root"),
      der.sequence(der.time(new Date(now - DAY_MS)), der.time(new Date(now + 365 * DAY_MS))),
      name(subject),
      key.export({ type: "spki", format: "der" }),
      der.context(3, true, der.sequence(...extensions)),
    );
    const signature = createSign("sha256").update(body).sign(this.#keys.privateKey);
    return pem(der.sequence(body, ECDSA_SHA256, der.bits(signature)));
  }
}

function name(common: string): Buffer {
  return der.sequence(der.set(der.sequence(der.oid("2.5.4.3"), der.text(common))));
}

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  return der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octets(value));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
