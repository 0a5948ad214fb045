import { useCallback, useState } from "preact/hooks";
import { type ApiError, asApiError } from "./api.ts";

/** One thing at a time that may fail: what a button does. */
export function useAct(): {
  busy: boolean;
  error: ApiError | null;
  /** True when it worked. */
  act: (work: () => Promise<unknown>) => Promise<boolean>;
} {
  const [busy, setBusy] = useState(false);
  const [error, setTrouble] = useState<ApiError | null>(null);
  const act = useCallback(async (work: () => Promise<unknown>) => {
    setBusy(true);
    setTrouble(null);
    try {
      await work();
      return true;
    } catch (thrown) {
      setTrouble(asApiError(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, error, act };
}
