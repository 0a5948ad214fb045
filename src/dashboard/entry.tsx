import { type ComponentChild, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Trouble, type Who, recognise, who, asTrouble } from "./base/api.ts";
import { useCell } from "./base/cell.ts";
import { Notice } from "./parts/notice.tsx";
import { type Language, language } from "./base/prefs.ts";

interface EntryProps {
  /** What is drawn for whom: null is nobody. Anew when the language changes. */
  draw: (who: Who | null, tongue: Language) => ComponentChild;
}

/** How a page begins: it asks who is there, and says why when it cannot know. */
function Entry({ draw }: EntryProps) {
  const me = useCell(who);
  const tongue = useCell(language);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const begin = () => {
    setTrouble(null);
    recognise().catch((thrown: unknown) => setTrouble(asTrouble(thrown)));
  };
  useEffect(begin, []);
  if (trouble && me === undefined)
    return (
      <main class="door">
        <Notice trouble={trouble} retry={begin} />
      </main>
    );
  return me === undefined ? null : draw(me, tongue);
}

export const begin = (draw: EntryProps["draw"]): void => render(<Entry draw={draw} />, document.body);
