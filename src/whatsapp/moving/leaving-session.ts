import { BufferJSON } from "@whiskeysockets/baileys";
import type { SessionFiles, SessionForm } from "../../core/ports/moving.ts";
import type { VaultBatch } from "../../core/ports/vault.ts";
import { turnToSend } from "../signal/double-ratchet.ts";
import { libsignalRecord, libsignalSenderKey } from "../signal/libsignal-writing.ts";
import { decodeSenderKeys } from "../signal/sender-key-record.ts";
import { SessionRecord } from "../signal/session-record.ts";

type Keys = NonNullable<VaultBatch["keys"]>;

/** What another Baileys has no use for. */
const ours: ReadonlySet<string> = new Set(["note", "addition", "account-facts"]);

/**
 * A device that moves out, as the files of a Baileys folder. In Baileys' own form its ratchets are libsignal's; our sender keys
 * of groups stay behind, whose secrets libsignal cannot hold: it makes new ones.
 */
export function leavingSession(all: { credentials: string; keys: Keys }, form: SessionForm): SessionFiles {
  const files: Record<string, string> = { "creds.json": all.credentials };
  for (const [type, entries] of Object.entries(all.keys)) {
    if (ours.has(type) || (form === "baileys" && type === "sender-key-memory")) continue;
    for (const [id, value] of Object.entries(entries ?? {})) {
      const text = value === null ? null : textOf(type, value, form);
      if (text !== null) files[`${fileName(type, id)}.json`] = text;
    }
  }
  return files;
}

/** As `useMultiFileAuthState` writes names. */
const fileName = (type: string, id: string): string => `${type}-${id}`.replaceAll("/", "__").replaceAll(":", "-");

function textOf(type: string, value: string | Uint8Array, form: SessionForm): string | null {
  const isRecord = type === "session" || type === "sender-key";
  if (form === "baileys" && type === "session") return sessionText(value);
  if (form === "baileys" && type === "sender-key") return senderKeyText(value);
  // Records of libsignal's that were never used here are texts or bytes of JSON already.
  if (typeof value === "string") return value;
  return isRecord || type === "identity-key"
    ? JSON.stringify(Buffer.from(value), BufferJSON.replacer)
    : Buffer.from(value).toString();
}

/** libsignal has its half of a turn made already, so it is made here where it waits. */
function sessionText(value: string | Uint8Array): string {
  const record = SessionRecord.read(value);
  const sessions = Array.from({ length: record.size }, (_, place) => {
    const state = record.at(place);
    if (state.sending === null) turnToSend(state);
    return state;
  });
  return JSON.stringify(libsignalRecord(sessions, record.isOpen));
}

function senderKeyText(value: string | Uint8Array): string | null {
  const states = decodeSenderKeys(value);
  if (states.some(({ secret }) => secret !== null)) return null;
  // Baileys keeps the text of the record as bytes.
  return JSON.stringify(Buffer.from(JSON.stringify(libsignalSenderKey(states))), BufferJSON.replacer);
}
