import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { Failure } from "../../core/base/failure.ts";

/** One file of a release: the program for one kind of machine. */
export interface ReleaseFile {
  /** `linux-x64` */
  readonly target: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** `release.json`, which `release.json.sig` signs. */
export interface Release {
  readonly version: string;
  readonly files: readonly ReleaseFile[];
}

/** The Ed25519 key in base64, 32 bytes, as `merpati-release` prints it. Throws `invalid`. */
export function publicKeyIn(text: string): KeyObject {
  const raw = Buffer.from(text, "base64");
  if (raw.length !== 32)
    throw new Failure("invalid", "UPDATE_KEY takes the base64 of an Ed25519 public key, 32 bytes.");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
}

/** Reads a release that the key signed. Throws `refused` for one that it did not sign, or that is none. */
export function releaseIn(text: string, signature: string, key: KeyObject): Release {
  if (!verify(null, Buffer.from(text), key, Buffer.from(signature.trim(), "base64")))
    throw new Failure("refused", "The release is not signed by UPDATE_KEY: nothing was changed.");
  const found = parsed(text);
  if (found === null) throw new Failure("refused", "The release is signed and cannot be read: nothing was changed.");
  return found;
}

function parsed(text: string): Release | null {
  try {
    const { version, files } = JSON.parse(text) as Release;
    const whole = files.every(
      ({ target, name, size, sha256 }) =>
        [target, name, sha256].every((each) => typeof each === "string") &&
        // A path would lead out of the release's folder.
        /^[\w.-]+$/.test(name) &&
        Number.isSafeInteger(size),
    );
    return typeof version === "string" && /^\d+\.\d+\.\d+/.test(version) && whole ? { version, files } : null;
  } catch {
    return null;
  }
}
