import { useRef, useState } from "preact/hooks";
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
export function Switch(props: SwitchProps) {
  const { busy, error, act } = useAct();
  // The stream may tell the new state before the call has answered: until then it is not to be turned back.
  const before = useRef(props);
  if (!busy) before.current = props;
  const { on, label, act: work, warning } = before.current;
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
        aria-disabled={busy}
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
