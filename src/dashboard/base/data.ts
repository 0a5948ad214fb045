import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, request, asApiError, breakOff, getUntilGone } from "./api.ts";
import { arrive, isLeaving, leave, stay, isBelow } from "./leaving.ts";
import { type LiveEvent, hearing, onEvent } from "./live.ts";
import { atMostEvery } from "./at-most.ts";

/** Where events come all the time, what is shown is loaded again so often, ms. */
const restMs = 300;

/** What was last seen at each path: shown at once when one comes back to a section. */
const seen = new Map<string, unknown>();

/** Forgets everything: somebody else may sign in. */
export const forgetAll = (): void => seen.clear();

/** Removes what is at `path`, through `by` where that is elsewhere; from now on nothing on the page asks for it. */
export async function remove(path: string, by = path): Promise<void> {
  leave(path);
  breakOff(isLeaving);
  try {
    await request("DELETE", by);
  } catch (thrown) {
    stay(path);
    refresh(path);
    throw thrown;
  }
  for (const known of seen.keys()) if (isBelow(known, path)) seen.delete(known);
  // The list it was in must not show it again, not even until it is loaded.
  const list = path.slice(0, path.lastIndexOf("/"));
  if ([...shown].some((each) => each.path === list)) refresh(list);
  else seen.delete(list);
}

/** What is shown at this moment, by path. */
const shown = new Set<{ path: string; reload: () => void }>();

/** Loads again what is shown of `path` and below: it was changed, and no event may tell. */
export function refresh(path: string): void {
  for (const each of shown) if (isBelow(each.path, path)) each.reload();
}

export interface Loaded<T> {
  data: T | undefined;
  error: ApiError | null;
  reload: () => void;
  /** Shows this until the next load. */
  put: (data: T) => void;
}

/** What the API says at `path`; null loads nothing. Loads again after each event for which `when` holds, and when the server is back. */
export function useData<T>(path: string | null, when?: (event: LiveEvent) => boolean): Loaded<T> {
  const [, draw] = useState({});
  const [error, setTrouble] = useState<ApiError | null>(null);
  const newest = useRef(0);
  const reload = useCallback(() => {
    if (path === null || isLeaving(path)) return;
    const turn = ++newest.current;
    getUntilGone<T>(path).then(
      (data) => {
        if (turn !== newest.current) return;
        seen.set(path, data);
        setTrouble(null);
        draw({});
      },
      (thrown: unknown) => turn === newest.current && setTrouble(asApiError(thrown)),
    );
  }, [path]);
  useEffect(() => {
    if (path === null) return undefined;
    arrive(path);
    reload();
    const me = { path, reload };
    shown.add(me);
    return () => {
      shown.delete(me);
      newest.current++;
    };
  }, [reload]);
  useEffect(() => hearing.listen(() => hearing.value && reload()), [reload]);
  const touches = useRef(when);
  touches.current = when;
  const follows = when !== undefined;
  useEffect(() => {
    if (!follows) return undefined;
    const { soon, stop } = atMostEvery(reload, restMs);
    const end = onEvent((event) => touches.current?.(event) && soon());
    return () => {
      stop();
      end();
    };
  }, [reload, follows]);
  const put = useCallback(
    (data: T) => {
      if (path === null) return;
      newest.current++;
      seen.set(path, data);
      draw({});
    },
    [path],
  );
  return { data: path === null ? undefined : (seen.get(path) as T | undefined), error, reload, put };
}

/** Loads again every `ms` for as long as `moving`: where no event tells that it moved. */
export function useWhile(
  moving: boolean,
  { data, reload }: Pick<Loaded<unknown>, "data" | "reload">,
  ms: number,
): void {
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setTimeout(reload, ms);
    return () => clearTimeout(timer);
  }, [data, moving, reload]);
}

export const ofDevices = ({ type }: LiveEvent): boolean => type.startsWith("device.");
