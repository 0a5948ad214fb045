import { type ComponentChild, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type ApiError, type Who, recognise, who, asApiError } from "./base/api.ts";
import { useCell } from "./base/cell.ts";
import { ErrorNotice } from "./components/notice.tsx";
import { type Language, language } from "./base/prefs.ts";

interface EntryProps {
  /** What is drawn for whom: null is nobody. Anew when the language changes. */
  draw: (who: Who | null, locale: Language) => ComponentChild;
}

/** How a page begins: it asks who is there, and says why when it cannot know. */
function Entry({ draw }: EntryProps) {
  const me = useCell(who);
  const locale = useCell(language);
  const [error, setTrouble] = useState<ApiError | null>(null);
  const begin = () => {
    setTrouble(null);
    recognise().catch((thrown: unknown) => setTrouble(asApiError(thrown)));
  };
  useEffect(begin, []);
  if (error && me === undefined)
    return (
      <main class="door">
        <ErrorNotice error={error} retry={begin} />
      </main>
    );
  return me === undefined ? null : draw(me, locale);
}

export const begin = (draw: EntryProps["draw"]): void => render(<Entry draw={draw} />, document.body);
