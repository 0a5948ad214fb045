/** One figure. `ratio` is to the control of the same run, the only thing that means anything on another machine. */
export interface Row {
  what: string;
  value: number;
  unit: string;
  ratio?: number;
  /** Processor time of the process under measurement for one message, milliseconds. */
  cpu?: number;
  /** Its memory at the end, MB. */
  memory?: number;
}

export function show(rows: readonly Row[]): void {
  for (const { what, value, unit, ratio, cpu, memory } of rows) {
    const cells = [
      what.padEnd(56),
      `${value} ${unit}`.padEnd(16),
      (ratio === undefined ? "" : `×${ratio.toFixed(2)}`).padEnd(7),
      cpu === undefined ? "" : `${cpu} ms CPU`,
      memory === undefined ? "" : `${memory} MB`,
    ];
    process.stdout.write(`${cells.join(" ").trimEnd()}\n`);
  }
}

export const round = (value: number, digits = 0): number => Number(value.toFixed(digits));
export const megabytes = (bytes: number): number => round(bytes / 1e6, 1);
