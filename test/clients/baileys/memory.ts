import type {
  AuthenticationCreds,
  proto,
  SignalDataSet,
  SignalDataTypeMap,
  SignalKeyStore,
  WAMessage,
} from "@whiskeysockets/baileys";
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
    this.keys = {
      get: async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
        const found: { [id: string]: SignalDataTypeMap[T] } = {};
        for (const id of ids) {
          const value = this.#data.get(`${type} ${id}`);
          if (value === undefined) continue;
          found[id] = JSON.parse(value, BufferJSON.reviver);
          if (type !== "app-state-sync-key") continue;
          // Protobuf's own JSON writes bytes as plain base64, which only protobuf reads back.
          Object.assign(found, { [id]: definitions.Message.AppStateSyncKeyData.fromObject(JSON.parse(value)) });
        }
        return found;
      },
      set: async (data: SignalDataSet) => {
        for (const [type, entries] of Object.entries(data)) {
          for (const [id, value] of Object.entries(entries ?? {})) {
            if (value === null || value === undefined) this.#data.delete(`${type} ${id}`);
            else this.#data.set(`${type} ${id}`, JSON.stringify(value, BufferJSON.replacer));
          }
        }
      },
    };
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
