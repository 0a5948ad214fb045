import { useEffect, useState } from "preact/hooks";
import { useCell } from "../base/cell.ts";
import { w } from "../words/words.ts";
import { botState, onSim } from "./control.ts";

/** What there is to try, and how far one is: linked, answered, broken and come back. */
export function Guide({ linked, whole }: { linked: boolean; whole: boolean }) {
  const bot = useCell(botState);
  const [answered, setAnswered] = useState(false);
  const [broken, setBroken] = useState(false);
  useEffect(
    () =>
      onSim(({ type, past }) => {
        // What the terminal showed is not what one has tried.
        if (type === "message.heard" && !past) setAnswered(true);
      }),
    [],
  );
  const well = whole && bot?.running !== false;
  useEffect(() => {
    if (!well) setBroken(true);
  }, [well]);
  const done = [linked, answered, broken && well && linked];
  const now = done.indexOf(false);
  return (
    <ol class="guide" aria-label={w.sandbox.guide}>
      {w.sandbox.steps.map(([title, hint], at) => (
        <li
          key={title}
          class={done[at] ? "done" : at === now ? "now" : ""}
          aria-current={at === now ? "step" : undefined}
        >
          <strong>
            {title}
            {done[at] && <span class="hidden"> ({w.start.done})</span>}
          </strong>
          <span class="small">{hint}</span>
        </li>
      ))}
    </ol>
  );
}
