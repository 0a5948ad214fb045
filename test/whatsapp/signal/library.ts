import { join } from "node:path";

type Cipher = typeof import("../../../src/whatsapp/signal/session-cipher.ts");
type GroupCipher = typeof import("../../../src/whatsapp/signal/group-cipher.ts");
type State = typeof import("../../../src/whatsapp/signal/session-state.ts");
type Stored = typeof import("../../../src/whatsapp/signal/session-record.ts");
type StoredKeys = typeof import("../../../src/whatsapp/signal/sender-key-record.ts");
type Messages = typeof import("../../../src/whatsapp/signal/signal-message.ts");

/** The library, from its own folder or from a copy that has a fault planted in it. */
export type Library = Cipher & GroupCipher & State & Stored & StoredKeys & Messages;

export const libraryFolder = join(import.meta.dir, "../../../src/whatsapp/signal");

export async function loadLibrary(folder = libraryFolder): Promise<Library> {
  const files = [
    "session-cipher",
    "group-cipher",
    "session-state",
    "session-record",
    "sender-key-record",
    "signal-message",
  ];
  const modules = await Promise.all(files.map((file) => import(join(folder, `${file}.ts`)) as Promise<object>));
  return Object.assign({}, ...modules) as Library;
}
