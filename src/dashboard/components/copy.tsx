import { useEffect, useRef, useState } from "preact/hooks";
import { w } from "../words/words.ts";
import { Icon } from "./icon.tsx";

/** A text that one wants elsewhere, and the button that takes it there. */
export function Copy({ text, label, big = false }: { text: string; label: string; big?: boolean }) {
  const [said, setSaid] = useState("");
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => setSaid(""), 2_500);
    return () => clearTimeout(timer);
  }, [said]);
  const take = async () => setSaid((await copy(text, place.current)) ? w.copied : w.selected);
  return (
    <div class={big ? "copy big" : "copy"}>
      <code ref={place}>{text}</code>
      <button type="button" class="button plain" aria-label={`${w.copy}: ${label}`} onClick={() => void take()}>
        <Icon name="copy" />
        {said === "" ? w.copy : said}
      </button>
      <span class="hidden" role="status">
        {said}
      </span>
    </div>
  );
}

/** Pages that came over plain http from another machine have no clipboard: there the text is marked, to be copied by hand. */
async function copy(text: string, place: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (place) getSelection()?.selectAllChildren(place);
    return false;
  }
}
