import { useEffect, useRef } from "preact/hooks";
import { served } from "./base-path.ts";
import { atMostEvery } from "./at-most.ts";

/** What is followed: what concerns a device, a webhook or a plugin as a whole, what is counted, what is to be sent; plugins. */
const families = {
  followed: /^(device|webhook|plugin)\.|^incident$/,
  counted: /^message\.(received|sent|failed)$/,
  outgoing: /^message\.(sent|failed|waiting|released|cancelled)$/,
  plugins: /^plugins$|^plugin\./,
} as const;
export type ChangeFamily = keyof typeof families;
const types =
  "device.*,webhook.*,plugin.*,message.received,message.sent,message.failed,message.waiting,message.released,message.cancelled";

/** What changes all the time is read so often, ms. */
const restMs = 300;

interface Listener {
  readonly family: ChangeFamily;
  readonly hear: () => void;
}

const listeners = new Set<Listener>();
/** One line for all who listen: over HTTP/1.1 a browser opens six to a server, of all its tabs. */
let source: EventSource | null = null;

function listen(listener: Listener): () => void {
  listeners.add(listener);
  if (source === null) {
    source = new EventSource(served(`/v1/admin/changes?types=${encodeURIComponent(types)}`));
    source.addEventListener("message", ({ data }: MessageEvent<string>) => {
      const { type } = JSON.parse(data) as { type: string };
      for (const { family, hear } of listeners) if (families[family].test(type)) hear();
    });
    // The line was lost, and what happened meanwhile is told by nobody.
    source.addEventListener("open", () => listeners.forEach(({ hear }) => hear()));
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    source?.close();
    source = null;
  };
}

/** Calls `hear` after something of this family happened in any tenant, and when the line is open or back. For the admin; null hears nothing. */
export function useChanges(family: ChangeFamily | null, hear: () => void): void {
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    if (family === null) return undefined;
    const { soon, stop } = atMostEvery(() => latest.current(), restMs);
    const end = listen({ family, hear: soon });
    return () => {
      stop();
      end();
    };
  }, [family]);
}
