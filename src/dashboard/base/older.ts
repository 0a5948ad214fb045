import { useState } from "preact/hooks";
import { type ApiAnswer, type ApiError, request, asApiError } from "./api.ts";
import type { Loaded } from "./data.ts";

type Next = string | number | null | undefined;

interface Older<T> {
  older: readonly T[];
  /** Loads one more page; null when there is none. */
  more: (() => void) | null;
  error: ApiError | null;
}

interface Paging<T> {
  /** What leads on, in the query. */
  by: "before" | "cursor";
  /** What leads on behind an answer. */
  nextOf: (answer: ApiAnswer<T[]>) => Next;
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
  const [error, setTrouble] = useState<ApiError | null>(null);
  const mine = pages.path === path ? pages : { path, data: [], next: undefined };
  const load = async () => {
    // The first page tells where the second begins.
    const from = mine.next ?? nextOf(await request<T[]>("GET", path));
    const page: ApiAnswer<T[]> =
      from == null ? { data: [] } : await request<T[]>("GET", `${path}&${by}=${encodeURIComponent(from)}`);
    setPages({ path, data: [...mine.data, ...page.data], next: nextOf(page) ?? null });
  };
  const known = new Set(first?.map(idOf));
  const full = (first?.length ?? 0) >= size && mine.next !== null;
  return {
    older: mine.data.filter((item) => !known.has(idOf(item))),
    more: full ? () => void load().catch((thrown: unknown) => setTrouble(asApiError(thrown))) : null,
    error,
  };
}
