import type { Row } from "./table.ts";

interface Bar {
  /** The least the ratio to the control may be; a rate. */
  readonly least?: number;
  /** The most; a cost. */
  readonly most?: number;
}

/**
 * What `bun run bench --bars` fails below or above, by the row's name: ratios to a control of the same run, some way off
 * the figures of docs/reliability.md, so that only a real loss of speed crosses one.
 */
export const bars: Readonly<Record<string, Bar>> = {
  "inbound, merpati, durable, to the receipt": { least: 0.45 },
  "inbound, merpati, durable, to the webhook": { least: 0.3 },
  "inbound, merpati, durable, to the plugin": { least: 0.3 },
  "outbound, merpati, durable, until WhatsApp took it": { least: 0.3 },
  "signal, a message after 10 exchanges": { most: 1 },
};

/** A sentence for each bar that a row crosses, or that no row stands for among the parts that ran. */
export function crossed(rows: readonly Row[], parts: readonly string[]): string[] {
  return Object.entries(bars).flatMap(([what, { least = 0, most = Infinity }]) => {
    if (!parts.some((part) => what.startsWith(`${part}, `))) return [];
    const ratio = rows.find((row) => row.what === what)?.ratio;
    if (ratio === undefined) return [`${what}: was not measured`];
    if (ratio >= least && ratio <= most) return [];
    return [
      `${what}: ×${ratio.toFixed(2)}, where ${ratio < least ? `×${least} is the least` : `×${most} is the most`}`,
    ];
  });
}
