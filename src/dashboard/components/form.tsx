import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../base/act.ts";
import { w } from "../words/words.ts";
import { Button, type ButtonProps } from "./button.tsx";
import { Good, ErrorNotice } from "./notice.tsx";

interface FormProps {
  /** What is done when it is sent. */
  act: () => Promise<unknown>;
  /** What the button that sends it says. */
  submit: string;
  children: ComponentChildren;
  title?: string;
  kind?: ButtonProps["kind"];
  /** For a button whose text does not say it all. */
  label?: string;
  disabled?: boolean;
  /** Stands on a card of its own. */
  card?: boolean;
  /** Fields and button on one line. */
  inline?: boolean;
  /** Says "Saved." when it worked. */
  saves?: boolean;
  /** Called when it worked. */
  onDone?: () => void;
  /** Beside the button: what came of it. */
  beside?: ComponentChildren;
  onCancel?: () => void;
}

/** The frame of every form: sent by its button or Enter, busy meanwhile, and says what went wrong. */
export function Form(props: FormProps) {
  const { act: work, submit, children, title, kind, label, disabled = false, onDone, beside, onCancel } = props;
  const { card = false, inline = false, saves = false } = props;
  const [saved, setSaved] = useState(false);
  const { busy, error, act } = useAct();
  const send = async () => {
    setSaved(false);
    if (!(await act(work))) return;
    setSaved(saves);
    onDone?.();
  };
  const buttons = (
    <>
      {onCancel && <Button onClick={onCancel}>{w.cancel}</Button>}
      <Button busy={busy} disabled={disabled} label={label} {...(kind === undefined ? {} : { kind })}>
        {submit}
      </Button>
      {beside}
    </>
  );
  return (
    <form
      class={card ? "card stack" : "stack"}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {title !== undefined && <h2>{title}</h2>}
      {inline ? (
        <div class="row bottom">
          {children}
          {buttons}
        </div>
      ) : (
        children
      )}
      {error && <ErrorNotice error={error} />}
      {saved && <Good>{w.saved}</Good>}
      {!inline && <div class={onCancel ? "row end" : "row"}>{buttons}</div>}
    </form>
  );
}
