import { BufferJSON } from "@whiskeysockets/baileys";
import { Failure } from "../../core/base/failure.ts";
import type { SessionFiles } from "../../core/ports/moving.ts";

/** Types of keys, as names of files begin; the longer ones first. */
const types = [
  "app-state-sync-version",
  "app-state-sync-key",
  "sender-key-memory",
  "identity-key",
  "lid-mapping",
  "sender-key",
  "pre-key",
  "session",
  "tctoken",
] as const;
export type KeyType = (typeof types)[number];

/** What Baileys keeps of a device: keys by type and id, as it revives them. */
export interface BaileysState {
  creds: Record<string, unknown>;
  keys: Partial<Record<KeyType, Record<string, unknown>>>;
}

/** A sender key's file: `<group>--<user>--<device>`, where a colon stood for each dash. */
const senderKeyFile = /^(.+?@[^-]+)--(.+)--(\d+)$/;

/**
 * The state that the files of a folder hold, whichever of Baileys' stores wrote them: `useMultiFileAuthState` puts `__` for
 * a slash and `-` for a colon, others keep both. What nobody here knows is left out. Throws `invalid`.
 */
export function stateIn(files: SessionFiles): BaileysState {
  const keys: BaileysState["keys"] = {};
  let creds: unknown;
  for (const [file, text] of Object.entries(files)) {
    const name = file.replace(/\.json$/, "");
    if (name === "creds") creds = read(file, text);
    const type = types.find((each) => name.startsWith(`${each}-`) || name.startsWith(`${each}:`));
    if (type === undefined) continue;
    const value = read(file, text);
    if (value !== null) (keys[type] ??= {})[idOf(type, name.slice(type.length + 1))] = value;
  }
  if (typeof creds !== "object" || creds === null)
    throw new Failure("invalid", '"files" has no creds.json: that is where a linked device begins.', {
      field: "files",
    });
  return { creds: creds as Record<string, unknown>, keys };
}

/** Evolution writes the text of JSON as JSON once more. Throws `invalid`. */
function read(file: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text, BufferJSON.reviver);
    return typeof value === "string" && /^[{["]/.test(value) ? JSON.parse(value, BufferJSON.reviver) : value;
  } catch {
    throw new Failure("invalid", `"files.${file}" is no JSON: it is damaged, or was cut off while it was copied.`, {
      field: "files",
    });
  }
}

function idOf(type: KeyType, given: string): string {
  if (type === "sender-key") {
    const [, group, user, device] = senderKeyFile.exec(given) ?? [];
    return group === undefined ? given : `${group}::${user}::${device}`;
  }
  return type === "app-state-sync-key" ? given.replaceAll("__", "/") : given;
}
