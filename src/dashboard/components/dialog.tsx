import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { w } from "../words/words.ts";
import { Button, type ButtonProps } from "./button.tsx";

interface DialogProps {
  title: string;
  /** Called when it has closed. */
  closed: () => void;
  wide?: boolean;
  /** Gets the way to close it. */
  children: (close: () => void) => ComponentChildren;
}

/** A dialog that is open for as long as it is there. The browser keeps the focus in it, and gives it back. */
export function Dialog({ title, closed, wide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // What is asked for first; where nothing is, the button that does nothing.
    const first = element?.querySelector<HTMLElement>("form :is(input, select, textarea)");
    (first ?? element?.querySelector<HTMLElement>("form button"))?.focus();
  }, []);
  const close = () => dialog.current?.close();
  return (
    <dialog ref={dialog} aria-label={title} onClose={closed} class={wide ? "wide" : undefined}>
      <div class="stack">
        <header class="row spread">
          <h2>{title}</h2>
          <Button kind="quiet" icon="close" label={w.close} onClick={close} />
        </header>
        {children(close)}
      </div>
    </dialog>
  );
}

interface DialogButtonProps extends Omit<ButtonProps, "onClick" | "children"> {
  /** What the button says. */
  says?: ComponentChildren;
  title: string;
  wide?: boolean;
  children: DialogProps["children"];
}

/** A button that opens a dialog. */
export function DialogButton({ says, title, wide, children, ...rest }: DialogButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button {...rest} onClick={() => setOpen(true)}>
        {says}
      </Button>
      {open && (
        <Dialog title={title} closed={() => setOpen(false)} {...(wide === undefined ? {} : { wide })}>
          {children}
        </Dialog>
      )}
    </>
  );
}
