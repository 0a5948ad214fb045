import { decodeMessage } from "./definition/decode.ts";

/** Keys: what is added to a message, and its file, can be read through the API; nobody needs these for it. */
const secrets: ReadonlySet<string> = new Set(["messageSecret", "mediaKey"]);

/** A message by the newest definition there is, without its keys. */
export const rawMessage = (wire: Uint8Array): object | null => {
  try {
    return shown(decodeMessage(wire)) as object;
  } catch {
    return null;
  }
};

function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => !secrets.has(name));
  return Object.fromEntries(fields.map(([name, each]) => [name, shown(each)]));
}
