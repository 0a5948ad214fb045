const steps = ["bytes", "kB", "MB", "GB", "TB"];

/** `13.4 MB`, in steps of a thousand as disks are sold. */
export function bytes(count: number): string {
  let value = count;
  let step = 0;
  for (; value >= 1_000 && step < steps.length - 1; step++) value /= 1_000;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${steps[step]}`;
}

const spans = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** `3 days 4 hours`, the two largest parts of milliseconds. */
export function duration(ms: number): string {
  const parts: string[] = [];
  let rest = ms;
  for (const [name, size] of spans) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
    else if (parts.length > 0) break;
  }
  return parts.join(" ") || "0 seconds";
}
