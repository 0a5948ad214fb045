import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { Failure } from "../core/base/failure.ts";
import type { OwnerKey } from "../store/seal/envelope.ts";

type KeySettings = Pick<Config, "sealKey" | "sealKeyFile" | "sealKeyCommand">;

const length = 32;
/** How long a command may take: it may ask a vault over the network. */
const patienceMs = 30_000;

/** The operator's key from wherever it is kept; read when a store turns out to be sealed. Throws `invalid`. */
export function ownerKeyOf(config: KeySettings): OwnerKey {
  return () => {
    const found = keyText(config);
    return found === null ? null : keyIn(found.text, found.name);
  };
}

/** The key in a file. Throws `invalid`. */
export const ownerKeyIn = (file: string): Buffer => keyIn(fromFile(file, file), file);

function keyText({ sealKey, sealKeyFile, sealKeyCommand }: KeySettings): { text: string; name: string } | null {
  if (sealKey !== null) return { text: sealKey, name: "SEAL_KEY" };
  if (sealKeyFile !== null) return { text: fromFile(sealKeyFile, "SEAL_KEY_FILE"), name: "SEAL_KEY_FILE" };
  if (sealKeyCommand !== null) return { text: fromCommand(sealKeyCommand), name: "SEAL_KEY_COMMAND" };
  const folder = process.env["CREDENTIALS_DIRECTORY"];
  const credential = folder === undefined ? null : join(folder, "merpati-seal-key");
  if (credential === null || !existsSync(credential)) return null;
  return { text: fromFile(credential, "the credential merpati-seal-key"), name: "the credential merpati-seal-key" };
}

function keyIn(text: string, name: string): Buffer {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length === length) return key;
  throw new Failure("invalid", `${name} should hold 32 bytes in base64: merpati seal key <file> makes such a key.`);
}

function fromFile(file: string, name: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new Failure("invalid", `${name}: the key of the sealed store cannot be read from ${file}.`, { cause });
  }
}

/** What it prints is never told. */
function fromCommand(command: string): string {
  const shell = process.platform === "win32" ? ["cmd", "/c", command] : ["sh", "-c", command];
  const { stdout, exitCode } = Bun.spawnSync(shell, { stdin: "ignore", stderr: "inherit", timeout: patienceMs });
  if (exitCode === 0) return stdout.toString();
  throw new Failure("invalid", `SEAL_KEY_COMMAND gave no key: it ended with ${exitCode ?? "a signal"}.`);
}
