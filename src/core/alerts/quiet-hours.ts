/** From when to when nobody is to be woken, minutes after midnight by the machine's own time zone. */
export interface QuietHours {
  readonly from: number;
  readonly until: number;
}

/** `22:00-07:00`; null of what is not that. */
export function quietHoursIn(text: string): QuietHours | null {
  const found = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (!found) return null;
  const [, hour = "", minute = "", toHour = "", toMinute = ""] = found;
  return { from: Number(hour) * 60 + Number(minute), until: Number(toHour) * 60 + Number(toMinute) };
}

/** `at`: milliseconds since 1970. They may go over midnight. */
export function isQuiet({ from, until }: QuietHours, at: number): boolean {
  const date = new Date(at);
  const now = date.getHours() * 60 + date.getMinutes();
  return from <= until ? now >= from && now < until : now >= from || now < until;
}
