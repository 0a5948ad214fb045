import { useEffect, useState } from "preact/hooks";
import { w } from "../words.ts";

/** A text that one wants elsewhere, and the button that takes it there. */
export function Copy({ text, label, big = false }: { text: string; label: string; big?: boolean }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div class={big ? "copy big" : "copy"}>
      <code>{text}</code>
      <button
        type="button"
        class="button plain"
        aria-label={`${w.copy}: ${label}`}
        onClick={() => void copy(text).then(setCopied)}
      >
        {copied ? w.copied : w.copy}
      </button>
      <span class="hidden" role="status">
        {copied ? w.copied : ""}
      </span>
    </div>
  );
}

/** Pages that came over plain http from another machine have no clipboard of their own. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
