import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { useCell } from "../base/cell.ts";
import { theme } from "../base/prefs.ts";
import { dateTime } from "../base/time.ts";

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

const height = 160;

/** Curves over time. Their totals stand beside them in figures, for whoever sees no picture. */
export function Chart({ title, times, span, curves }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const scheme = useCell(theme);
  useEffect(() => {
    const place = box.current;
    if (!place) return undefined;
    let chart: uPlot | null = null;
    let gone = false;
    void draw(place, legend.current, { times, span, curves }).then((drawn) =>
      gone ? drawn.destroy() : (chart = drawn),
    );
    const sight = new ResizeObserver(() => chart?.setSize({ width: place.clientWidth, height }));
    sight.observe(place);
    return () => {
      gone = true;
      sight.disconnect();
      chart?.destroy();
    };
  }, [times, span, curves, scheme]);
  const [first, last] = [times[0], times.at(-1)];
  return (
    <figure class="card chart">
      <figcaption>
        <h3>{title}</h3>
        {first !== undefined && last !== undefined && (
          <span class="dim small">
            {dateTime(first)} – {dateTime(last)}
          </span>
        )}
      </figcaption>
      <ul class="row legend" ref={legend}>
        {curves.map(({ name, tone, total }) => (
          <li key={name}>
            <i class={`swatch ${tone}`} aria-hidden="true" /> {name} <strong class="figures">{total}</strong>
          </li>
        ))}
      </ul>
      <div ref={box} class="plot" aria-hidden="true" />
    </figure>
  );
}

/** The library is loaded when the first chart is drawn. */
async function draw(
  place: HTMLElement,
  legend: HTMLElement | null,
  { times, span, curves }: Pick<ChartProps, "times" | "span" | "curves">,
): Promise<uPlot> {
  const { default: UPlot } = await import("uplot");
  const colours = [...(legend?.querySelectorAll(".swatch") ?? [])].map((each) => getComputedStyle(each).color);
  const { color: ink, borderTopColor: line } = getComputedStyle(place);
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "12px system-ui" };
  return new UPlot(
    {
      width: place.clientWidth,
      height,
      legend: { show: false },
      cursor: { show: false },
      axes: [axis, { ...axis, size: 44 }],
      scales: {
        x: { range: (_chart, _first, last) => [last - span, last] },
        y: { range: (_chart, _least, most) => [0, Math.max(1, most * 1.1)] },
      },
      series: [{}, ...curves.map((_, at) => ({ stroke: colours[at] ?? ink, width: 1.5, points: { show: false } }))],
    },
    [[...times], ...curves.map(({ values }) => [...values])],
    place,
  );
}
