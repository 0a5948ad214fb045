import { Failure } from "../../core/base/failure.ts";
import { type FileForm, openedFile, sealedFile } from "../../store/seal/file-stream.ts";

type Bytes = AsyncIterable<Uint8Array>;

const form: FileForm = {
  magic: "MPB1",
  purpose: "merpati backup",
  broken: (cause) =>
    new Failure("refused", "A file of the backup does not fit BACKUP_KEY_FILE, or was changed since it was made.", {
      cause,
    }),
};

/** A file of a backup under the operator's key for backups. */
export const sealed = (plain: Bytes, key: Buffer): AsyncGenerator<Uint8Array> => sealedFile(plain, key, form);

/** Throws `refused` for another key, and for what was changed or cut off. */
export const unsealed = (stored: Bytes, key: Buffer): AsyncGenerator<Uint8Array> => openedFile(stored, key, form);
