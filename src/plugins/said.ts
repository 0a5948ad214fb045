/** The words of a message: its text or caption; empty when it has none. */
export function wordsOf(content: object): string {
  if ("text" in content && typeof content.text === "string") return content.text;
  return "caption" in content && typeof content.caption === "string" ? content.caption : "";
}
