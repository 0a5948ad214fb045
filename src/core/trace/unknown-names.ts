import type { Clock } from "../base/clock.ts";
import type { TextFile } from "../base/text-file.ts";
import { type UnknownName, type UnknownKind, unknownKinds, type UnknownCounter } from "../ports/unknowns.ts";

/** Names that anybody outside can make up are cut here, and are so many of a kind at most. */
const most = { names: 100, characters: 60 };
/** How long new counts wait to be written. */
const writeMs = 10_000;

/**
 * Counts what is unknown, over restarts. Holds names of the protocol alone: what does not look like one, or has the
 * digits of a phone number in it, is counted without its name.
 */
export class UnknownNames implements UnknownCounter {
  readonly #note: TextFile;
  readonly #clock: Clock;
  readonly #failed: (error: unknown) => void;
  readonly #kinds: Map<UnknownKind, Map<string, UnknownName>>;
  #waiting: (() => void) | null = null;

  private constructor(ports: UnknownNamesPorts, kinds: Map<UnknownKind, Map<string, UnknownName>>) {
    this.#note = ports.note;
    this.#clock = ports.clock;
    this.#failed = ports.failed;
    this.#kinds = kinds;
  }

  static async load(ports: UnknownNamesPorts): Promise<UnknownNames> {
    const kept = readUnknownNames(await ports.note.read().catch(() => null));
    const ofKind = (wanted: UnknownKind) =>
      new Map(kept.filter(({ kind }) => kind === wanted).map((each) => [each.name, each]));
    return new UnknownNames(ports, new Map(unknownKinds.map((kind) => [kind, ofKind(kind)])));
  }

  count(kind: UnknownKind, said: string): void {
    const named = this.#kinds.get(kind);
    if (!named) return;
    const name = named.has(said) ? said : fit(said);
    const before = named.get(name);
    if (!before && named.size >= most.names) return;
    const now = this.#clock.now();
    named.set(name, { kind, name, count: (before?.count ?? 0) + 1, firstAt: before?.firstAt ?? now, lastAt: now });
    this.#waiting ??= this.#clock.after(writeMs, () => {
      this.write().catch(this.#failed);
    });
  }

  get all(): UnknownName[] {
    return [...this.#kinds.values()].flatMap((named) => [...named.values()]);
  }

  /** Resolves when what was counted is written. */
  async write(): Promise<void> {
    if (this.#waiting === null) return;
    this.#waiting();
    this.#waiting = null;
    await this.#note.write(JSON.stringify(this.all));
  }
}

interface UnknownNamesPorts {
  readonly note: TextFile;
  readonly clock: Clock;
  /** Called when the counts could not be written. */
  readonly failed: (error: unknown) => void;
}

const fit = (name: string): string =>
  /^[\w:.\-/ ]+$/.test(name) && !/\d{5}/.test(name) && name.length <= most.characters ? name : "(another name)";

/** What `write` wrote; nothing of what is damaged or was never written. */
export function readUnknownNames(text: string | null): UnknownName[] {
  try {
    const list: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(list) ? list.filter(isUnknownName) : [];
  } catch {
    return [];
  }
}

function isUnknownName(value: unknown): value is UnknownName {
  const { kind, name, count, firstAt, lastAt } = (value ?? {}) as Record<string, unknown>;
  const numbers = [count, firstAt, lastAt].every((each) => Number.isSafeInteger(each));
  return unknownKinds.some((each) => each === kind) && typeof name === "string" && numbers;
}
