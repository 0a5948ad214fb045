import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Answer, Trouble, ask, get } from "./api.ts";
import { type LiveEvent, hearing, listen } from "./live.ts";

/** What was last seen at each path: shown at once when one comes back to a section. */
const seen = new Map<string, unknown>();

/** Forgets everything: somebody else may sign in. */
export const forgetAll = (): void => seen.clear();

/** The paths of what is being removed, or was, for as long as it is still on the page. */
const leaving = new Set<string>();
const within = (path: string, above: string): boolean => path === above || path.startsWith(`${above}/`);

/** Whether nothing at this path should be asked for any more. */
export const isLeaving = (path: string): boolean => [...leaving].some((gone) => within(path, gone));

/** Removes what is at `path`, through `by` where that is elsewhere; from now on no event makes a list ask for it. */
export async function remove(path: string, by = path): Promise<void> {
  leaving.add(path);
  try {
    await ask("DELETE", by);
  } catch (thrown) {
    leaving.delete(path);
    throw thrown;
  }
  for (const known of seen.keys()) if (within(known, path)) seen.delete(known);
}

/** What is shown anew may be another of the same name. */
const arrive = (path: string): void => leaving.forEach((gone) => within(path, gone) && leaving.delete(gone));

/** What is shown at this moment, by path. */
const shown = new Set<{ path: string; reload: () => void }>();

/** Loads again what is shown of `path` and below: it was changed, and no event may tell. */
export function refresh(path: string): void {
  for (const each of shown) if (within(each.path.replace(/\?.*/, ""), path)) each.reload();
}

export interface Loaded<T> {
  data: T | undefined;
  trouble: Trouble | null;
  reload: () => void;
  /** Shows this until the next load. */
  put: (data: T) => void;
}

/** What the API says at `path`; null loads nothing. Loads again after each event for which `when` holds, and when the server is back. */
export function useData<T>(path: string | null, when?: (event: LiveEvent) => boolean): Loaded<T> {
  const [, draw] = useState({});
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const newest = useRef(0);
  const reload = useCallback(() => {
    if (path === null || isLeaving(path)) return;
    const turn = ++newest.current;
    get<T>(path).then(
      (data) => {
        if (turn !== newest.current) return;
        seen.set(path, data);
        setTrouble(null);
        draw({});
      },
      (thrown: unknown) => turn === newest.current && setTrouble(asTrouble(thrown)),
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
  useEffect(() => (when ? listen((event) => when(event) && reload()) : undefined), [reload, when]);
  const put = useCallback(
    (data: T) => {
      if (path === null) return;
      newest.current++;
      seen.set(path, data);
      draw({});
    },
    [path],
  );
  return { data: path === null ? undefined : (seen.get(path) as T | undefined), trouble, reload, put };
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

type Next = string | number | null | undefined;

interface Older<T> {
  older: readonly T[];
  /** Loads one more page; null when there is none. */
  more: (() => void) | null;
  trouble: Trouble | null;
}

interface Paging<T> {
  /** What leads on, in the query. */
  by: "before" | "cursor";
  /** What leads on behind an answer. */
  nextOf: (answer: Answer<T[]>) => Next;
  /** How many a full page has. */
  size: number;
  idOf: (item: T) => string;
}

/** The pages of a list behind its first; forgotten when the path is another. */
export function useOlder<T>(path: string, { data: first }: Loaded<T[]>, paging: Paging<T>): Older<T> {
  const { by, nextOf, size, idOf } = paging;
  const [pages, setPages] = useState<{ path: string; data: readonly T[]; next: Next }>({
    path,
    data: [],
    next: undefined,
  });
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const mine = pages.path === path ? pages : { path, data: [], next: undefined };
  const load = async () => {
    // The first page tells where the second begins.
    const from = mine.next ?? nextOf(await ask<T[]>("GET", path));
    const page: Answer<T[]> =
      from == null ? { data: [] } : await ask<T[]>("GET", `${path}&${by}=${encodeURIComponent(from)}`);
    setPages({ path, data: [...mine.data, ...page.data], next: nextOf(page) ?? null });
  };
  const known = new Set(first?.map(idOf));
  const full = (first?.length ?? 0) >= size && mine.next !== null;
  return {
    older: mine.data.filter((item) => !known.has(idOf(item))),
    more: full ? () => void load().catch((thrown: unknown) => setTrouble(asTrouble(thrown))) : null,
    trouble,
  };
}

export const asTrouble = (thrown: unknown): Trouble =>
  thrown instanceof Trouble ? thrown : new Trouble("page", String(thrown));

/** One thing at a time that may fail: what a button does. */
export function useAct(): {
  busy: boolean;
  trouble: Trouble | null;
  /** True when it worked. */
  act: (work: () => Promise<unknown>) => Promise<boolean>;
} {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const act = useCallback(async (work: () => Promise<unknown>) => {
    setBusy(true);
    setTrouble(null);
    try {
      await work();
      return true;
    } catch (thrown) {
      setTrouble(asTrouble(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, trouble, act };
}

export const ofDevices = ({ type }: LiveEvent): boolean => type.startsWith("device.");
