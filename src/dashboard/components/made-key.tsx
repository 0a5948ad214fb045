import { w } from "../words/words.ts";
import { Copy } from "./copy.tsx";

/** A key that was made: it is shown this once. */
export function MadeKey({ text }: { text: string }) {
  return (
    <div role="status" class="stack">
      <p>{w.keys.once}</p>
      <Copy text={text} label={w.keys.title} />
    </div>
  );
}
