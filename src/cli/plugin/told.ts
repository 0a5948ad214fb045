interface Line {
  level?: string;
  msg?: string;
  plugin?: string;
  place?: string | null;
  reason?: string;
  said?: string;
  text?: string;
}

/** What a line of the log has to tell whoever writes plugins, in a line for people; null when that is nothing. */
export function toldOfPlugin(line: string): string | null {
  const { plugin, msg = "", place, reason, said, text } = parsed(line);
  if (plugin === undefined) return null;
  const where = place ? ` (${place})` : "";
  if (reason !== undefined) return `✗ ${plugin}: ${reason}${where} – ${msg}`;
  if (said !== undefined) return `  ${plugin}: ${said === "plugin says" ? (text ?? "") : said}`;
  return msg === "a plugin runs" ? `✓ ${plugin} runs` : null;
}

function parsed(line: string): Line {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return {};
  }
}
