import {
  type CounterName,
  families,
  type MetricFamily,
  type FamilyName,
  type HistogramName,
  type LabelsOf,
} from "./families.ts";

/** One combination of labels: of a histogram, how many observations fell into each bucket. */
export interface Series {
  readonly labels: readonly string[];
  value: number;
  count: number;
  readonly buckets: number[];
}

/** Counts what this process does since its start. Labels come from closed lists, so the series stay few. */
export class Meter {
  readonly #series = new Map<FamilyName, Map<string, Series>>();

  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    this.#of(name, labels).value += by;
  }

  /** `seconds`: see the family's buckets. */
  observe<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, seconds: number): void {
    const series = this.#of(name, labels);
    series.value += seconds;
    series.count += 1;
    const at = families[name].buckets.findIndex((bound) => seconds <= bound);
    if (at >= 0) series.buckets[at] = (series.buckets[at] ?? 0) + 1;
  }

  /** The sum over the series of a counter whose labels fit: `total("merpati_messages_total", "sent")`. */
  total(name: CounterName, ...labels: readonly string[]): number {
    const all = [...(this.#series.get(name)?.values() ?? [])];
    const fitting = all.filter((each) => labels.every((label) => each.labels.includes(label)));
    return fitting.reduce((sum, { value }) => sum + value, 0);
  }

  /** The sum and the number of all that was observed. */
  observed(name: HistogramName, ...labels: readonly string[]): { sum: number; count: number } {
    const all = [...(this.#series.get(name)?.values() ?? [])];
    const fitting = all.filter((each) => labels.every((label) => each.labels.includes(label)));
    return {
      sum: fitting.reduce((sum, { value }) => sum + value, 0),
      count: fitting.reduce((sum, { count }) => sum + count, 0),
    };
  }

  *read(): Generator<{ name: FamilyName; family: MetricFamily; series: Series[] }> {
    for (const [name, series] of this.#series) yield { name, family: families[name], series: [...series.values()] };
  }

  #of(name: FamilyName, labels: readonly string[]): Series {
    const known = this.#series.get(name) ?? new Map<string, Series>();
    this.#series.set(name, known);
    const key = labels.join("\n");
    const found = known.get(key);
    if (found) return found;
    const family: MetricFamily = families[name];
    const made: Series = { labels, value: 0, count: 0, buckets: (family.buckets ?? []).map(() => 0) };
    known.set(key, made);
    return made;
  }
}
