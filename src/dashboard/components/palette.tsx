import { useEffect, useState } from "preact/hooks";
import type { Who } from "../base/api.ts";
import { Cell, useCell } from "../base/cell.ts";
import { w } from "../words/words.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { type Destination, usePlaces } from "./found-places.ts";

/** How many are shown. */
const most = 12;

interface PaletteProps {
  who: Who;
  /** Names of the sections in the menu. */
  sections: readonly string[];
  closed: () => void;
}

const isOpen = new Cell(false);

export const FindButton = () => (
  <Button kind="quiet" icon="search" onClick={() => isOpen.set(true)}>
    {w.palette.hint}
  </Button>
);

/** The palette while it is open: the button and Ctrl+K open it. */
export function Finder(props: Omit<PaletteProps, "closed">) {
  useEffect(() => {
    const find = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      isOpen.set(true);
    };
    addEventListener("keydown", find);
    return () => removeEventListener("keydown", find);
  }, []);
  return useCell(isOpen) ? <Palette {...props} closed={() => isOpen.set(false)} /> : null;
}

/** Finds a section, device, chat, person, webhook or setting by its name, and goes there. */
function Palette({ who, sections, closed }: PaletteProps) {
  const [words, setWords] = useState("");
  const shown = usePlaces(who, sections, words.trim()).slice(0, most);
  return (
    <Dialog title={w.palette.title} closed={closed}>
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            close();
            if (shown[0]) location.hash = shown[0].href;
          }}
        >
          <input
            type="search"
            aria-label={w.palette.title}
            placeholder={w.palette.placeholder}
            value={words}
            onInput={({ currentTarget }) => setWords(currentTarget.value)}
          />
          <Found places={shown} close={close} />
        </form>
      )}
    </Dialog>
  );
}

const Found = ({ places, close }: { places: readonly Destination[]; close: () => void }) => (
  <>
    <ul class="list" aria-live="polite">
      {places.map(({ key, kind, name, href }) => (
        <li key={key} class="row spread">
          <a href={href} onClick={() => close()}>
            {name}
          </a>
          <span class="dim small">{kind}</span>
        </li>
      ))}
    </ul>
    {places.length === 0 && <p class="dim">{w.nothingFound}</p>}
  </>
);
