/** Where messages keep words, the most telling first. */
const wordy = [
  "text",
  "conversation",
  "caption",
  "body",
  "contentText",
  "description",
  "title",
  "name",
  "note",
  "displayText",
] as const;
const deepest = 6;
const longest = 4_096;

/** The words of a message that no reader knows: the first that its fields hold. */
export function bestText(value: unknown, depth = 0): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value.slice(0, longest);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || depth > deepest) return undefined;
  const fields = value as Record<string, unknown>;
  for (const name of wordy) {
    const words = typeof fields[name] === "string" ? bestText(fields[name], depth) : undefined;
    if (words !== undefined) return words;
  }
  for (const [name, inner] of Object.entries(fields)) {
    if (typeof inner !== "object" || name === "contextInfo" || name === "messageContextInfo") continue;
    const words = bestText(inner, depth + 1);
    if (words !== undefined) return words;
  }
  return undefined;
}
