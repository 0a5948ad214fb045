import type { SimulatorClock } from "../base/clock.ts";
import { children, type Stanza } from "../wire/stanza.ts";

/** What a question gets instead of its answer: an error, or nothing at all. */
export type QuestionFault = "429" | "500" | "503" | "400" | "401" | "403" | "404" | "406" | "408" | "silence";

/** Which questions, and for how long. */
export interface QuestionOptions {
  /** The namespace (`usync`, `encrypt`, `w:g2`, …), that and the first child (`encrypt key`), or a test. All when left out. */
  readonly when?: string | ((iq: Stanza) => boolean);
  /** How many; without limit when left out. */
  readonly times?: number;
  /** For how long, in milliseconds of the simulator's clock; without limit when left out. */
  readonly forMs?: number;
}

interface QuestionRule {
  readonly fault: QuestionFault;
  readonly fits: (iq: Stanza) => boolean;
  readonly until: number;
  left: number;
}

/** How WhatsApp words its errors. */
export const ERROR_TEXTS: Readonly<Record<string, string>> = {
  "400": "bad-request",
  "401": "not-authorized",
  "403": "forbidden",
  "404": "item-not-found",
  "406": "not-acceptable",
  "408": "request-timeout",
  "429": "rate-overlimit",
  "500": "internal-server-error",
  "503": "service-unavailable",
};

/** Questions of clients that are refused, or never answered, for a while. */
export class QuestionFaults {
  readonly #clock: SimulatorClock;
  #rules: QuestionRule[] = [];

  constructor(clock: SimulatorClock) {
    this.#clock = clock;
  }

  /** Returns the function that ends it. */
  add(fault: QuestionFault, options: QuestionOptions): () => void {
    const { times = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY } = options;
    const rule = { fault, fits: testOf(options.when), until: this.#clock.now + forMs, left: times };
    this.#rules.push(rule);
    return () => (this.#rules = this.#rules.filter((one) => one !== rule));
  }

  /** What this question gets instead of its answer, if anything. */
  next(iq: Stanza): QuestionFault | undefined {
    this.#rules = this.#rules.filter((one) => one.left > 0 && one.until > this.#clock.now);
    const rule = this.#rules.find((one) => one.fits(iq));
    if (rule) rule.left--;
    return rule?.fault;
  }

  clear(): void {
    this.#rules = [];
  }
}

function testOf(when: QuestionOptions["when"]): (iq: Stanza) => boolean {
  if (when === undefined) return () => true;
  if (typeof when === "function") return when;
  const [xmlns, tag] = when.split(" ");
  return (iq) => iq.attrs["xmlns"] === xmlns && (tag === undefined || children(iq)[0]?.tag === tag);
}
