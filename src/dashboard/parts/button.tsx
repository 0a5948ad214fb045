import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { useAct } from "../data.ts";
import { w } from "../words.ts";
import { Notice } from "./notice.tsx";

interface ButtonProps {
  children: ComponentChildren;
  kind?: "main" | "plain" | "danger" | "quiet";
  /** Cannot be pressed again until it is done. */
  busy?: boolean;
  disabled?: boolean;
  onClick?: () => void;
  /** For buttons whose text does not say it all. */
  label?: string;
}

export function Button({ children, kind = "plain", busy = false, disabled = false, onClick, label }: ButtonProps) {
  const submits = onClick === undefined;
  return (
    <button
      type={submits ? "submit" : "button"}
      class={`button ${kind}`}
      aria-busy={busy}
      aria-label={label}
      disabled={disabled}
      aria-disabled={busy}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {children}
    </button>
  );
}

interface ConfirmProps {
  children: ComponentChildren;
  kind?: ButtonProps["kind"];
  /** What is asked. */
  question: string;
  /** What will happen. */
  consequence: string;
  /** What the button that does it says. */
  yes: string;
  act: () => Promise<unknown>;
}

/** A button that asks before it acts. */
export function ConfirmButton({ children, kind = "danger", question, consequence, yes, act: work }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState(false);
  const { busy, trouble, act } = useAct();
  const close = () => dialog.current?.close();
  const show = () => {
    setOpen(true);
    dialog.current?.showModal();
  };
  return (
    <>
      <Button kind={kind} onClick={show}>
        {children}
      </Button>
      <dialog ref={dialog} aria-label={question} onClose={() => setOpen(false)}>
        {open && (
          <form
            method="dialog"
            onSubmit={(event) => {
              event.preventDefault();
              void act(work).then((worked) => worked && close());
            }}
          >
            <h2>{question}</h2>
            <p>{consequence}</p>
            {trouble && <Notice trouble={trouble} />}
            <div class="row end">
              <Button onClick={close}>{w.cancel}</Button>
              <Button kind="danger" busy={busy}>
                {yes}
              </Button>
            </div>
          </form>
        )}
      </dialog>
    </>
  );
}

interface ActProps extends Omit<ButtonProps, "onClick" | "busy"> {
  act: () => Promise<unknown>;
}

/** A button that acts at once, and says under itself why it could not. */
export function ActButton({ act: work, ...rest }: ActProps) {
  const { busy, trouble, act } = useAct();
  return (
    <>
      <Button {...rest} busy={busy} onClick={() => void act(work)} />
      {trouble && <Notice trouble={trouble} />}
    </>
  );
}
