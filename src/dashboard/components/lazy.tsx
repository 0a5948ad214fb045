import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../base/api.ts";
import { w } from "../words/words.ts";
import { ErrorNotice, Loading } from "./notice.tsx";

const ahead = new Set<() => Promise<void>>();

/** A component that is no part of the first load: it comes when it is first drawn, or when the browser has nothing else to do. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let found: ComponentType<Props> | null = null;
  const come = async (): Promise<void> => {
    found = await load();
    ahead.delete(come);
  };
  ahead.add(come);
  return function Lazy(props: Props) {
    const [, draw] = useState({});
    const [gone, setGone] = useState(false);
    useEffect(() => {
      if (found === null)
        come().then(
          () => draw({}),
          () => setGone(true),
        );
    }, []);
    // The server may have been updated meanwhile: only the document knows what its files are called now.
    if (gone) return <ErrorNotice error={new ApiError("offline", w.away)} retry={() => location.reload()} />;
    const Found = found;
    return Found === null ? <Loading /> : <Found {...props} />;
  };
}

/** Fetches what is still to come, once the browser has nothing to do. */
export function fetchAhead(): void {
  const all = (): void => [...ahead].forEach((come) => void come().catch(() => {}));
  if ("requestIdleCallback" in globalThis) requestIdleCallback(all);
  else setTimeout(all, 1_000);
}
