import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { fill, w } from "../words/words.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Choice, TextField } from "./field.tsx";
import type { IconName } from "./icon.tsx";
import { Empty } from "./notice.tsx";
import { Rows } from "./rows.tsx";

interface TimelineProps<T> {
  label: string;
  /** Oldest first; a new array with every change. */
  items: readonly T[];
  keyOf: (item: T) => string;
  /** Its row. */
  draw: (item: T) => ComponentChildren;
  titleOf: (item: T) => string;
  /** Choices of which to see, beside the search. */
  choices: readonly {
    label: string;
    value: string;
    onValue: (value: string) => void;
    options: readonly [string, string][];
  }[];
  chosen: (item: T) => boolean;
  icon: IconName;
  none: string;
  kind?: string;
  /** What is known of one besides, when it is opened. */
  beside?: (item: T) => ComponentChildren;
}

/** What comes in without end, the newest on top: searched, paused, each opened to be read whole. */
export function Timeline<T>(props: TimelineProps<T>) {
  const { label, items, keyOf, draw, titleOf, choices, chosen, icon, none, kind, beside } = props;
  const [held, setHeld] = useState<readonly T[] | null>(null);
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<T | null>(null);
  const all = held ?? items;
  const words = search.trim().toLowerCase();
  const shown = useMemo(() => found(all, chosen, words), [all, choices.map(({ value }) => value).join(), words]);
  return (
    <>
      <div class="toolbar">
        {choices.map((choice) => (
          <Choice key={choice.label} {...choice} />
        ))}
        <TextField label={w.search} type="search" value={search} onValue={setSearch} />
        <Button icon={held ? "refresh" : "pause"} onClick={() => setHeld(held ? null : items)}>
          {held ? w.events.go : w.events.hold}
        </Button>
        {/* Told only to who searches: else every event would be. */}
        <span class="dim" {...(words === "" ? {} : { role: "status" })}>
          {fill(w.events.count, { count: shown.length })}
        </span>
      </div>
      {shown.length === 0 ? (
        <Empty icon={icon}>{all.length === 0 ? none : w.nothingFound}</Empty>
      ) : (
        <Rows label={label} items={shown} keyOf={keyOf} open={setOpen} draw={draw} {...(kind ? { kind } : {})} />
      )}
      {open && (
        <Dialog title={titleOf(open)} wide closed={() => setOpen(null)}>
          {() => (
            <>
              <pre tabIndex={0}>{JSON.stringify(open, null, 2)}</pre>
              {beside?.(open)}
            </>
          )}
        </Dialog>
      )}
    </>
  );
}

/** Newest first. */
function found<T>(all: readonly T[], chosen: (item: T) => boolean, words: string): T[] {
  const items: T[] = [];
  for (let at = all.length - 1; at >= 0; at--) {
    const item = all[at];
    if (item === undefined || !chosen(item)) continue;
    if (words === "" || JSON.stringify(item).toLowerCase().includes(words)) items.push(item);
  }
  return items;
}
