import { monitorEventLoopDelay } from "node:perf_hooks";

export interface Lag {
  /**
   * Milliseconds that turns of the event loop came late since the last question: the usual and the worst. Whoever was
   * not asked for a while starts anew, at zero.
   */
  read(): { mean: number; worst: number };
  stop(): void;
}

/** Sampled this often, milliseconds: what is shown is how much later than that a sample came. */
const resolution = 20;
/** Nobody asks any more: to sample costs a wake-up each time. Milliseconds. */
const unaskedMs = 60_000;

/** Measures how late this process gets to its work, while somebody wants to know. */
export function watchLag(): Lag {
  const histogram = monitorEventLoopDelay({ resolution });
  let end: Timer | undefined;
  const late = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 1e6));
  const stop = (): void => {
    clearTimeout(end);
    end = undefined;
    histogram.disable();
    histogram.reset();
  };
  return {
    read() {
      if (end === undefined) histogram.enable();
      clearTimeout(end);
      end = setTimeout(stop, unaskedMs);
      end.unref();
      const { count, mean, max } = histogram;
      histogram.reset();
      return count === 0 ? { mean: 0, worst: 0 } : { mean: late(mean), worst: late(max) };
    },
    stop,
  };
}
