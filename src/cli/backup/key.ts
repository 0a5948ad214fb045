import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import { Failure } from "../../core/base/failure.ts";
import { secretFrom } from "../base/secret-file.ts";

const length = 32;

/** The key that backups are sealed with; null where they are not. Throws `invalid`. */
export function backupKey({ backupKeyFile }: Config): Buffer | null {
  if (backupKeyFile === null) return null;
  const key = Buffer.from(secretFrom(backupKeyFile, "BACKUP_KEY_FILE"), "base64");
  if (key.length === length) return key;
  throw new Failure("invalid", "BACKUP_KEY_FILE should hold 32 bytes in base64: merpati backup key <file> makes one.");
}

/** Makes a file with a new key. Throws `conflict`. */
export function makeBackupKey(file: string): void {
  if (existsSync(file))
    throw new Failure("conflict", `${file} exists already: it may be the key of backups that you have.`);
  writeFileSync(file, `${randomBytes(length).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
}
