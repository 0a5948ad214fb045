import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Clock } from "../core/base/clock.ts";
import { asFailure, Failure } from "../core/base/failure.ts";
import type { Log } from "../core/base/log.ts";

/** A certificate with its chain, and its private key: PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateFiles {
  /** TLS_CERT */
  readonly cert: string;
  /** TLS_KEY */
  readonly key: string;
}

/** How often the files are looked at, milliseconds: whoever renews them writes two, and not at once. */
const lookMs = 15_000;

/** Reads both. Throws `invalid`, with what to do, for files that cannot be served with. */
export function readCertificate(files: CertificateFiles): Certificate {
  const [cert, key] = [textOf("TLS_CERT", files.cert), textOf("TLS_KEY", files.key)];
  const certificate = parsed("TLS_CERT", "a certificate in PEM", () => new X509Certificate(cert));
  const secret = parsed("TLS_KEY", "a private key in PEM, without a password", () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(secret))
    throw new Failure("invalid", "TLS_KEY is not the key of TLS_CERT: name the two files that belong together.");
  return { cert, key };
}

function textOf(setting: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Failure("invalid", `${setting} names ${path}, which cannot be read.`, { cause });
  }
}

function parsed<T>(setting: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new Failure("invalid", `${setting} takes a file with ${what}.`, { cause });
  }
}

export interface WatchParts {
  readonly files: CertificateFiles;
  /** What is served with now. */
  readonly present: Certificate;
  readonly clock: Clock;
  readonly log: Log;
  /** Serves with another from now on. */
  readonly renew: (certificate: Certificate) => void;
}

/** Looks at the files again and again: good ones are served with, bad ones are named in the log once. Returns how to end it. */
export function watchCertificate({ files, present, clock, log, renew }: WatchParts): () => void {
  let now = present;
  let told = "";
  let cancel = (): void => {};
  const look = (): void => {
    try {
      const found = readCertificate(files);
      told = "";
      if (found.cert === now.cert && found.key === now.key) return;
      renew(found);
      now = found;
      log.info({ until: new X509Certificate(found.cert).validTo }, "the TLS certificate was renewed");
    } catch (error) {
      const problem = asFailure(error).message;
      if (problem === told) return;
      told = problem;
      log.warn({ problem }, "the new TLS certificate cannot be used: the one before stays");
    }
  };
  const again = (): void => {
    cancel = clock.after(lookMs, () => {
      look();
      again();
    });
  };
  again();
  return () => cancel();
}
