import type { BufferJSON, proto, SignalDataSet, SignalDataTypeMap, SignalKeyStore } from "@whiskeysockets/baileys";

/** What of a Baileys the keys are serialised with. */
interface Serialiser {
  BufferJSON: typeof BufferJSON;
  proto: typeof proto;
}

/** Keys in memory, serialised as a store on disk would. */
export function memoryKeys(data: Map<string, string>, { BufferJSON, proto }: Serialiser): SignalKeyStore {
  return {
    get: async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
      const found: { [id: string]: SignalDataTypeMap[T] } = {};
      for (const id of ids) {
        const value = data.get(`${type} ${id}`);
        if (value === undefined) continue;
        found[id] = JSON.parse(value, BufferJSON.reviver);
        if (type !== "app-state-sync-key") continue;
        // Protobuf's own JSON writes bytes as plain base64, which only protobuf reads back.
        Object.assign(found, { [id]: proto.Message.AppStateSyncKeyData.fromObject(JSON.parse(value)) });
      }
      return found;
    },
    set: async (changes: SignalDataSet) => {
      for (const [type, entries] of Object.entries(changes)) {
        for (const [id, value] of Object.entries(entries ?? {})) {
          if (value === null || value === undefined) data.delete(`${type} ${id}`);
          else data.set(`${type} ${id}`, JSON.stringify(value, BufferJSON.replacer));
        }
      }
    },
  };
}
