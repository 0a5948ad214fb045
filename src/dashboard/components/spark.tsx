import { thinned } from "../base/thinned.ts";

/** How a number went, from nothing to its highest: a picture of what stands beside it in figures. */
export function Spark({ values: all }: { values: readonly number[] }) {
  const values = thinned(all, 60);
  const top = Math.max(1, ...values);
  const points = values.map((value, at) => `${(at / Math.max(1, values.length - 1)) * 100} ${20 - (value / top) * 20}`);
  return (
    <svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
      <path d={points.length > 1 ? `M${points.join("L")}` : ""} />
    </svg>
  );
}
