import type { AuthenticationCreds, proto, SignalKeyStore, WAMessage } from "@whiskeysockets/baileys";
import { memoryKeys } from "./memory-keys.ts";
import type { Baileys } from "./player.ts";

/** Credentials and keys of a client, kept as a store on disk would keep them, and the messages it has seen. */
export class Memory {
  readonly creds: AuthenticationCreds;
  readonly keys: SignalKeyStore;
  readonly heard = new Map<string, WAMessage>();
  readonly sent = new Map<string, proto.IMessage>();
  /** The names of chats whose name is the server's to give, by what they were told under. */
  readonly #data = new Map<string, string>();

  constructor({ initAuthCreds, BufferJSON, proto: definitions }: Baileys) {
    this.creds = initAuthCreds();
    this.keys = memoryKeys(this.#data, { BufferJSON, proto: definitions });
  }

  /** Loses the sessions with everybody. */
  forgetSessions(): void {
    for (const key of this.#data.keys()) if (key.startsWith("session ")) this.#data.delete(key);
  }

  find(id: string | undefined): WAMessage {
    const found = this.heard.get(id ?? "");
    if (!found) throw new Error(`no message ${id} was heard`);
    return found;
  }
}
