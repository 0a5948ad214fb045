import { useState } from "preact/hooks";
import { useAct } from "../base/act.ts";
import { w } from "../words/words.ts";
import { Dialog } from "./dialog.tsx";
import { Form } from "./form.tsx";
import { ErrorNotice } from "./notice.tsx";

interface SwitchProps {
  on: boolean;
  label: string;
  act: () => Promise<unknown>;
  /** What is said before it is turned; null turns it at once. */
  warning: string | null;
}

/** On or off. */
export function Switch({ on, label, act: work, warning }: SwitchProps) {
  const { busy, error, act } = useAct();
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
      {error && <ErrorNotice error={error} />}
    </>
  );
}
