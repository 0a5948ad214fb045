import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../base/act.ts";
import { w } from "../words/words.ts";
import { Dialog, DialogButton } from "./dialog.tsx";
import { Form } from "./form.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { Notice } from "./notice.tsx";

export interface ButtonProps {
  children?: ComponentChildren;
  kind?: "main" | "plain" | "danger" | "quiet";
  icon?: IconName;
  /** Cannot be pressed again until it is done. */
  busy?: boolean;
  disabled?: boolean;
  /** Without it the button sends its form. */
  onClick?: () => void;
  /** For buttons whose text does not say it all, or that have none. */
  label?: string | undefined;
}

export function Button({
  children,
  kind = "plain",
  icon,
  busy = false,
  disabled = false,
  onClick,
  label,
}: ButtonProps) {
  return (
    <button
      type={onClick === undefined ? "submit" : "button"}
      class={`button ${kind}${children === undefined ? " square" : ""}`}
      aria-busy={busy}
      aria-label={label}
      title={children === undefined ? label : undefined}
      disabled={disabled}
      aria-disabled={busy}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface ConfirmProps {
  children: ComponentChildren;
  kind?: "main" | "plain" | "danger" | "quiet";
  icon?: IconName;
  label?: string;
  /** What is asked. */
  question: string;
  /** What will happen. */
  consequence: string;
  /** What the button that does it says. */
  yes: string;
  act: () => Promise<unknown>;
}

/** A button that asks before it acts. */
export function ConfirmButton(props: ConfirmProps) {
  const { children, kind = "danger", question, consequence, yes, act, ...rest } = props;
  return (
    <DialogButton {...rest} says={children} kind={kind} title={question}>
      {(close) => (
        <Form act={act} submit={yes} kind="danger" onDone={close} onCancel={close}>
          <p>{consequence}</p>
        </Form>
      )}
    </DialogButton>
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

interface SwitchProps {
  on: boolean;
  label: string;
  act: () => Promise<unknown>;
  /** What is said before it is turned; null turns it at once. */
  warning: string | null;
}

/** On or off. */
export function Switch({ on, label, act: work, warning }: SwitchProps) {
  const { busy, trouble, act } = useAct();
  const [asking, setAsking] = useState(false);
  const turn = () => (warning === null ? void act(work) : setAsking(true));
  return (
    <>
      <button
        type="button"
        class="switch"
        role="switch"
        aria-checked={on}
        aria-busy={busy}
        aria-label={label}
        onClick={busy ? undefined : turn}
      >
        {on ? w.on : w.off}
      </button>
      {asking && (
        <Dialog title={`${label}?`} closed={() => setAsking(false)}>
          {(close) => (
            <Form act={work} submit={label} kind="main" onDone={close} onCancel={close}>
              <p>{warning}</p>
            </Form>
          )}
        </Dialog>
      )}
      {trouble && <Notice trouble={trouble} />}
    </>
  );
}
