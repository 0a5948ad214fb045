import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import { Failure } from "../../core/base/failure.ts";
import { secretFrom, writeSecret } from "../base/secret-file.ts";

const length = 32;

/** The key that backups are sealed with; null where they are not. Throws `invalid`. */
export function backupKey({ backupKeyFile }: Config): Buffer | null {
  if (backupKeyFile === null) return null;
  const key = Buffer.from(secretFrom(backupKeyFile, "BACKUP_KEY_FILE"), "base64");
  if (key.length === length) return key;
  throw new Failure("invalid", "BACKUP_KEY_FILE should hold 32 bytes in base64: merpati backup key <file> makes one.");
}

/** Tells keys apart, and tells nothing of them. */
export const backupKeyId = (key: Buffer): string =>
  createHash("sha256").update("merpati backup key").update(key).digest("hex").slice(0, 16);

/** Makes a file with a new key. Throws `conflict`. */
export function makeBackupKey(file: string): void {
  if (existsSync(file))
    throw new Failure("conflict", `${file} exists already: it may be the key of backups that you have.`);
  writeSecret(file, randomBytes(length).toString("base64"));
}
