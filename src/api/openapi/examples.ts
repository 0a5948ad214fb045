import type { Json } from "./components.ts";
import file from "./examples.json" with { type: "json" };

/** By name: what a transcript sent or was answered. */
type Shown = Readonly<Record<string, { summary: string; value: unknown }>>;

/** Of one operation, from the transcripts. */
export interface Examples {
  readonly requests?: Shown;
  /** By status. */
  readonly answers: Readonly<Record<string, Shown>>;
}

const all = file as Json as Readonly<Record<string, Examples | undefined>>;

/** `name`: `POST /v1/devices/{device}/messages`. Written by `bun test/golden/examples.ts`. */
export const examplesOf = (name: string): Examples | undefined => all[name];
