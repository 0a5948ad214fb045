/**
 * Below every id of an event written at this moment or later (UUIDv7 begins with its time). An event's own time will
 * not do: what was sent while we were away may be weeks old when it is written.
 */
export function idAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
