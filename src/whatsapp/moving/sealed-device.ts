import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { Failure } from "../../core/base/failure.ts";
import type { SessionFiles } from "../../core/ports/moving.ts";

/** RFC 7914: 32 MB and a tenth of a second for each guess. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 };
const header = "merpati-device-1";
export const leastPassphrase = 12;

interface SealedFile {
  format: string;
  salt: string;
  iv: string;
  data: string;
}

/** A linked device as a text that only the passphrase opens: scrypt, then AES-256-GCM. Throws `invalid` for a short one. */
export async function sealDevice(files: SessionFiles, passphrase: string): Promise<string> {
  if (passphrase.length < leastPassphrase)
    throw new Failure(
      "invalid",
      `"passphrase" takes ${leastPassphrase} characters or more: who opens the file is the account.`,
      {
        field: "passphrase",
      },
    );
  const [salt, iv] = [randomBytes(32), randomBytes(12)];
  const cipher = createCipheriv("aes-256-gcm", await keyOf(passphrase, salt), iv).setAAD(Buffer.from(header));
  const data = Buffer.concat([cipher.update(JSON.stringify(files)), cipher.final(), cipher.getAuthTag()]);
  const text = (bytes: Buffer): string => bytes.toString("base64");
  return JSON.stringify({ format: header, salt: text(salt), iv: text(iv), data: text(data) } satisfies SealedFile);
}

/** Throws `invalid` for another file, and for another passphrase. */
export async function unsealDevice(sealed: string, passphrase: string): Promise<SessionFiles> {
  const { salt, iv, data } = fileIn(sealed);
  const bytes = (text: string): Buffer => Buffer.from(text, "base64");
  const whole = bytes(data);
  try {
    const key = await keyOf(passphrase, bytes(salt));
    const decipher = createDecipheriv("aes-256-gcm", key, bytes(iv)).setAAD(Buffer.from(header));
    decipher.setAuthTag(whole.subarray(-16));
    const text = Buffer.concat([decipher.update(whole.subarray(0, -16)), decipher.final()]).toString();
    return JSON.parse(text) as SessionFiles;
  } catch {
    throw new Failure("invalid", "The passphrase does not open this file, or the file was changed.");
  }
}

function fileIn(sealed: string): SealedFile {
  try {
    const found = JSON.parse(sealed) as SealedFile;
    const isWhole = [found.salt, found.iv, found.data].every((each) => typeof each === "string");
    if (found.format === header && isWhole) return found;
  } catch {
    // Nor is it JSON.
  }
  throw new Failure("invalid", "This is no file that `merpati export device` wrote.");
}

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(passphrase.normalize("NFC"), salt, 32, cost, (error, key) => (error ? reject(error) : resolve(key)));
  return promise;
}
