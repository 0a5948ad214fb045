import { readFileSync } from "node:fs";

/** The id of a finding: a letter for its kind and a number, such as R6 or S10. */
const findingId = /^[A-Z]\d{1,2}$/;

/**
 * The list of what fails today: a JSON object of names and the ids of the findings that describe why. The list only
 * shrinks: a listed name that passes fails its test, and so does an unlisted one that fails.
 */
export class KnownFailures {
  readonly #findings: ReadonlyMap<string, string>;
  readonly #file: string;

  constructor(file: string | URL) {
    this.#file = String(file).replace(/^.*\/(?=[^/]+\/[^/]+$)/, "");
    const list = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
    this.#findings = new Map(Object.entries(list));
    for (const [name, finding] of this.#findings) {
      if (!findingId.test(finding))
        throw new Error(`${this.#file} gives ${name} the finding "${finding}", which is none.`);
    }
  }

  get names(): string[] {
    return [...this.#findings.keys()];
  }

  /** Throws unless `fault` (what is wrong with this case, or null) is what the list says of it. */
  judge(name: string, fault: string | null): void {
    const finding = this.#findings.get(name);
    if (finding !== undefined && fault === null) throw new Error(`${name} passes: remove it from ${this.#file}.`);
    if (finding === undefined && fault !== null) throw new Error(`${name} ${fault}`);
  }

  /** Runs a story and judges it: what it throws is what is wrong with it. */
  async run(name: string, story: () => Promise<void>): Promise<void> {
    const fault = await story().then(
      () => null,
      (cause: unknown) => `fails: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
    this.judge(name, fault);
  }

  /** Throws when the list names something that is not among `names`. */
  assertWithin(names: Iterable<string>): void {
    const all = new Set(names);
    const strangers = this.names.filter((name) => !all.has(name));
    if (strangers.length > 0) throw new Error(`${this.#file} lists what does not exist: ${strangers.join(", ")}.`);
  }
}
