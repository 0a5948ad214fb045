import { monitorEventLoopDelay } from "node:perf_hooks";

export interface Lag {
  /** Milliseconds that turns of the event loop came late since the last question: the usual and the worst. */
  read(): { mean: number; worst: number };
  stop(): void;
}

/** Sampled this often, milliseconds: what is shown is how much later than that a sample came. */
const resolution = 20;

/** Measures how late this process gets to its work. */
export function watchLag(): Lag {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  const late = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 1e6));
  return {
    read() {
      const { count, mean, max } = histogram;
      histogram.reset();
      return count === 0 ? { mean: 0, worst: 0 } : { mean: late(mean), worst: late(max) };
    },
    stop: () => void histogram.disable(),
  };
}
