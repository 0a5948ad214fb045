import type { ComponentChildren } from "preact";
import { DialogButton } from "./dialog.tsx";
import { Form } from "./form.tsx";
import type { IconName } from "./icon.tsx";

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
