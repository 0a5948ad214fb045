import type { Stanza } from "../wire/stanza.ts";

/** Where a fault strikes: a stanza on its way to a client (`out`) or from one (`in`), before the other side sees it. */
export type FaultPoint = "out" | "in";

/** What happens there. */
export type FaultAction =
  /** The TCP connection is gone, without a close frame; the stanza is lost. */
  | { readonly do: "cut" }
  /** The same, after the stanza went through. */
  | { readonly do: "cut-after" }
  /** The WebSocket is closed properly, with a code (1000 when left out). */
  | { readonly do: "close"; readonly code?: number }
  /** From here on nothing passes in either direction, though the connection stays up. */
  | { readonly do: "stall" }
  /** The stanza is lost. */
  | { readonly do: "drop" }
  /** The stanza passes this many times in all. */
  | { readonly do: "repeat"; readonly times: number }
  /** The stanza waits until this many later ones have passed. */
  | { readonly do: "hold"; readonly for: number }
  /** Another stanza passes in its place. */
  | { readonly do: "replace"; readonly with: (stanza: Stanza) => Stanza | Stanza[] }
  /** The server ends the stream. */
  | { readonly do: "stream-error"; readonly code?: string; readonly child?: Stanza };

export interface FaultOptions {
  /** Which stanzas it strikes: a tag, or a test. All when left out. */
  readonly when?: string | ((stanza: Stanza) => boolean);
  /** How often it strikes; once when left out. */
  readonly times?: number;
  /** How many fitting stanzas pass first. */
  readonly skip?: number;
  /** Strikes each fitting stanza with this probability, 0 to 1, by the simulator's seed. */
  readonly chance?: number;
  /** Only this linked device, by its JID. */
  readonly device?: string;
}

/** A fault that lies in wait. */
export class FaultRule {
  readonly point: FaultPoint;
  readonly action: FaultAction;
  readonly #options: FaultOptions;
  #left: number;
  #skip: number;
  /** How often it has struck. */
  struck = 0;

  constructor(point: FaultPoint, action: FaultAction, options: FaultOptions) {
    this.point = point;
    this.action = action;
    this.#options = options;
    this.#left = options.times ?? (options.chance === undefined ? 1 : Number.POSITIVE_INFINITY);
    this.#skip = options.skip ?? 0;
  }

  /** Whether it strikes here and now; `chance` throws the simulator's dice. */
  strikes(
    point: FaultPoint,
    stanza: Stanza,
    device: string | undefined,
    chance: (probability: number) => boolean,
  ): boolean {
    if (this.#left <= 0 || point !== this.point || !this.#fits(stanza, device)) return false;
    if (this.#skip-- > 0) return false;
    if (this.#options.chance !== undefined && !chance(this.#options.chance)) return false;
    this.#left--;
    this.struck++;
    return true;
  }

  /** Takes it away. */
  cancel(): void {
    this.#left = 0;
  }

  #fits(stanza: Stanza, device: string | undefined): boolean {
    const { when, device: only } = this.#options;
    if (only !== undefined && device !== only) return false;
    if (typeof when === "string") return stanza.tag === when;
    return when?.(stanza) ?? true;
  }
}
