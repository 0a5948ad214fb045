import type { Log } from "../src/core/base/log.ts";

/** A log that nobody reads. */
export const silent: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silent,
};
