import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface RowsProps<T> {
  label: string;
  items: readonly T[];
  keyOf: (item: T) => string;
  draw: (item: T) => ComponentChildren;
  open: (item: T) => void;
  /** Which columns it has, as styles/rows.css knows it. */
  kind?: string;
}

/** The height of a row, as styles/base.css has it, px; on a phone it has two lines. */
const heights = { one: 40, two: 56 };
const narrow = matchMedia("(max-width: 50rem)");
const beyond = 8;

/** A list of any length: only the rows in sight are drawn. Arrow keys walk it, Enter opens a row. */
export function Rows<T>({ label, items, keyOf, draw, open, kind = "" }: RowsProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [{ top, room, height }, setView] = useState({ top: 0, room: 600, height: heightNow() });
  const [current, setCurrent] = useState<string | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const look = () => setView({ top: element.scrollTop, room: element.clientHeight, height: heightNow() });
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  useStill(box, items, keyOf, height);
  const first = Math.max(0, Math.floor(top / height) - beyond);
  const seen = items.slice(first, first + Math.ceil(room / height) + 2 * beyond);
  const focusable =
    current !== null && seen.some((item) => keyOf(item) === current) ? current : seen[0] && keyOf(seen[0]);
  return (
    <div class={`rows ${kind}`} ref={box} onKeyDown={walk}>
      <ul aria-label={label} style={{ height: `${items.length * height}px` }}>
        {seen.map((item, index) => (
          <li
            key={keyOf(item)}
            aria-setsize={items.length}
            aria-posinset={first + index + 1}
            style={{ transform: `translateY(${(first + index) * height}px)` }}
          >
            <button
              type="button"
              tabIndex={keyOf(item) === focusable ? 0 : -1}
              onFocus={() => setCurrent(keyOf(item))}
              onClick={() => open(item)}
            >
              {draw(item)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const heightNow = (): number => (narrow.matches ? heights.two : heights.one);

/** Who has scrolled down keeps seeing the same rows while new ones come in above. */
function useStill<T>(
  box: { current: HTMLDivElement | null },
  items: readonly T[],
  keyOf: (item: T) => string,
  height: number,
): void {
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    const element = box.current;
    const old = before.current;
    before.current = items[0] && keyOf(items[0]);
    if (!element || old === undefined || old === before.current || element.scrollTop < height) return;
    const moved = items.findIndex((item) => keyOf(item) === old);
    if (moved > 0) element.scrollTop += moved * height;
  }, [items]);
}

const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

function walk(event: KeyboardEvent): void {
  const step = steps[event.key];
  const row = event.target instanceof Element ? event.target.closest("li") : null;
  if (step === undefined || !row) return;
  event.preventDefault();
  const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  next?.querySelector("button")?.focus();
}
