import { language } from "../base/prefs.ts";
import { thinned } from "../base/thinned.ts";
import { dateTime, hourOf } from "../base/time.ts";

export interface Curve {
  readonly name: string;
  /** Which colour it has, as styles/charts.css knows it. */
  readonly tone: "accent" | "good" | "bad";
  /** In all of the time shown, or what else says it in a figure. */
  readonly total: string;
  readonly values: readonly number[];
}

interface ChartProps {
  title: string;
  /** Unix seconds of each value. */
  times: readonly number[];
  /** How much time it shows, up to the newest value, seconds. */
  span: number;
  curves: readonly Curve[];
}

/** Curves over time. Their totals stand beside them in figures, for whoever sees no picture. */
export function Chart({ title, times, span, curves }: ChartProps) {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  return (
    <figure class="card chart">
      <figcaption>
        <h3>{title}</h3>
        <span class="dim small">
          {dateTime(first)} – {dateTime(last)}
        </span>
      </figcaption>
      <ul class="row legend">
        {curves.map(({ name, tone, total }) => (
          <li key={name}>
            <i class={`swatch ${tone}`} aria-hidden="true" /> {name} <strong class="figures">{total}</strong>
          </li>
        ))}
      </ul>
      <Plot {...smoothed(times, curves)} from={last - span} until={last} />
    </figure>
  );
}

interface PlotProps {
  times: readonly number[];
  /** Unix seconds at both edges. */
  from: number;
  until: number;
  curves: readonly Curve[];
}

/** A field of 100 by 100 that is stretched to its place; words stand over it, so that they are not. */
function Plot({ times, from, until, curves }: PlotProps) {
  const top = 1.1 * Math.max(1, ...curves.map(({ values }) => highest(values)));
  const x = (at: number): number => (100 * (at - from)) / (until - from);
  const y = (value: number): number => 100 - (100 * value) / top;
  const heights = heightsBelow(top);
  const moments = momentsBetween(from, until);
  const numbers = new Intl.NumberFormat(language.value, { notation: "compact" });
  return (
    <div class="plot" aria-hidden="true">
      <svg viewBox="0 0 100 100" preserveAspectRatio="none">
        <path
          class="grid"
          d={[...heights.map((value) => `M0 ${y(value)}H100`), ...moments.map((at) => `M${x(at)} 0V100`)].join("")}
        />
        {curves.map(({ name, tone, values }) => (
          <path key={name} class={tone} d={lineOf(times, values, x, y)} />
        ))}
      </svg>
      {heights.map((value) => (
        <span key={value} class="height" style={{ bottom: `${100 - y(value)}%` }}>
          {numbers.format(value)}
        </span>
      ))}
      {moments.map((at) => (
        <span key={at} class="moment" style={{ left: `${x(at)}%` }}>
          {until - from > 2 * day ? dayOfMonth(at) : hourOf(at)}
        </span>
      ))}
    </div>
  );
}

const day = 86_400;

/** As many points as can be told apart. */
const most = 150;

/** Of what is bad the worst is shown, or nobody would see it. */
function smoothed(times: readonly number[], curves: readonly Curve[]): Pick<PlotProps, "times" | "curves"> {
  const shown = curves.map((curve) => {
    const values = curve.tone === "bad" ? thinned(curve.values, most, highest) : thinned(curve.values, most);
    return { ...curve, values };
  });
  return { times: thinned(times, most), curves: shown };
}

const highest = (values: readonly number[]): number => values.reduce((most, each) => Math.max(most, each), 0);

/** Where nothing was measured, because the server was away, there is no line. */
function lineOf(
  times: readonly number[],
  values: readonly number[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  const step = Math.min(...times.slice(1).map((at, index) => at - (times[index] ?? at)), Infinity);
  const points = times.map((at, index) => {
    const isFirst = index === 0 || at - (times[index - 1] ?? at) > 3 * step;
    return `${isFirst ? "M" : "L"}${x(at).toFixed(2)} ${y(values[index] ?? 0).toFixed(2)}`;
  });
  return points.join("");
}

/** 0 and up to four round numbers. */
function heightsBelow(top: number): number[] {
  const size = 10 ** Math.floor(Math.log10(top / 4));
  const step = [1, 2, 5, 10].map((times) => times * size).find((each) => top / each < 5) ?? top;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step);
}

/** Every sixth hour, or each week: as the clock on the wall has them. */
function momentsBetween(from: number, until: number): number[] {
  const weeks = until - from > 2 * day;
  const at = new Date(from * 1_000);
  at.setHours(0, 0, 0, 0);
  const moments: number[] = [];
  while (at.getTime() < until * 1_000) {
    if (at.getTime() > from * 1_000) moments.push(at.getTime() / 1_000);
    if (weeks) at.setDate(at.getDate() + 7);
    else at.setHours(at.getHours() + 6);
  }
  return moments;
}

const dayOfMonth = (at: number): string =>
  new Date(at * 1_000).toLocaleDateString(language.value, { day: "numeric", month: "short" });
