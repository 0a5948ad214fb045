/** Milliseconds one reading serves everybody. */
const fresh = 100;
let at = -fresh;
let bytes = 0;

/** What the whole process holds, in bytes. */
export function resident(): number {
  const now = performance.now();
  if (now - at < fresh) return bytes;
  try {
    [at, bytes] = [now, process.memoryUsage.rss()];
  } catch {
    // It opens a file, and there may be too many; what was read last will do.
  }
  return bytes;
}
