import { Failure } from "../../core/base/failure.ts";
import type { SessionFiles } from "../../core/ports/moving.ts";
import { secretFrom } from "../base/secret-file.ts";
import { sourceText } from "./source-file.ts";

/** A file of `merpati export device`. Throws `invalid`. */
export async function sealedFiles(path: string, passphraseFile: string | undefined): Promise<SessionFiles> {
  if (passphraseFile === undefined)
    throw new Failure("invalid", "This file is sealed: name a file with its passphrase by --passphrase-file.");
  const { unsealDevice } = await import("../../whatsapp/moving/sealed-device.ts");
  return unsealDevice(sourceText(path), secretFrom(passphraseFile, "--passphrase-file"));
}
