import { useEffect, useRef } from "preact/hooks";
import { served } from "./base-path.ts";

/** What concerns a device, a webhook or a plugin as a whole. */
export const followed = "device.*,webhook.*,plugin.*";

/** Many changes at once are read once, ms. */
const restMs = 300;

/** Calls `hear` after something of these event types happened in any tenant, and when the line is back. For the admin; null hears nothing. */
export function useChanges(types: string | null, hear: () => void): void {
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    if (types === null) return undefined;
    let timer = 0;
    const soon = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => latest.current(), restMs);
    };
    const source = new EventSource(served(`/v1/admin/changes?types=${encodeURIComponent(types)}`));
    source.addEventListener("message", soon);
    source.addEventListener("open", soon);
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [types]);
}
