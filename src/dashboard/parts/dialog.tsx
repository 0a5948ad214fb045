import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { w } from "../words.ts";

/** A dialog that is open for as long as it is there. */
export function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-label={title} onClose={close} class="wide">
      <header class="row spread">
        <h2>{title}</h2>
        <button type="button" class="button quiet" onClick={() => dialog.current?.close()}>
          {w.close}
        </button>
      </header>
      {children}
    </dialog>
  );
}
