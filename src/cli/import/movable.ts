import { Failure } from "../../core/base/failure.ts";
import type { SessionFiles } from "../../core/ports/moving.ts";

/** What the call takes, bytes: the body class `bulk`. */
const most = 16 * 2 ** 20;

/** Throws `too_large` for what the bot would not take in, so that a dry run tells it too. */
export function needMovable(files: SessionFiles): void {
  if (Buffer.byteLength(JSON.stringify({ files, stopped: true })) <= most) return;
  throw new Failure(
    "too_large",
    "This device holds more than the 16 MB that are taken in at once: import a copy of it that lacks some of its sessions. They are made anew.",
  );
}
