import { useCallback, useState } from "preact/hooks";
import { type Trouble, asTrouble } from "./api.ts";

/** One thing at a time that may fail: what a button does. */
export function useAct(): {
  busy: boolean;
  trouble: Trouble | null;
  /** True when it worked. */
  act: (work: () => Promise<unknown>) => Promise<boolean>;
} {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const act = useCallback(async (work: () => Promise<unknown>) => {
    setBusy(true);
    setTrouble(null);
    try {
      await work();
      return true;
    } catch (thrown) {
      setTrouble(asTrouble(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, trouble, act };
}
