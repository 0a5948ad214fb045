import type { CommandEntry } from "../contract/protocol.ts";
import type { CommandInfo } from "../contract/words.ts";

export interface CommandMatch {
  plugin: string;
  entry: CommandEntry;
  prefix: string;
  rest: string;
}

/** Which plugin a command belongs to. The first to take a word keeps it, wherever it is on. */
export class CommandRouter {
  readonly #words = new Map<string, CommandEntry[]>();

  /** Longest first: with "!" and "!!", "!!x" is the command x. */
  #prefixes: readonly string[] = [];

  /** `prefixes`: the one that people are told of first. */
  constructor(public prefixes: readonly string[]) {
    this.beginWith(prefixes);
  }

  /** From now on commands begin with these. */
  beginWith(prefixes: readonly string[]): void {
    this.prefixes = prefixes;
    this.#prefixes = prefixes.toSorted((a, b) => b.length - a.length);
  }

  /** From now on these are the commands. Returns the words that an earlier one has already. */
  set(entries: readonly CommandEntry[]): { plugin: string; word: string; owner: string }[] {
    const taken: { plugin: string; word: string; owner: string }[] = [];
    this.#words.clear();
    for (const entry of entries) {
      const { plugin } = entry;
      for (const word of [entry.name, ...entry.aliases]) {
        const before = this.#words.get(word) ?? [];
        const owner = before[0]?.plugin ?? plugin;
        if (owner !== plugin) taken.push({ plugin, word, owner });
        if (before.every((other) => other.plugin !== plugin)) this.#words.set(word, [...before, entry]);
      }
    }
    return taken;
  }

  /** `isOn`: whether a plugin is on where this was said. */
  match(text: string, isOn: (plugin: string) => boolean): CommandMatch | null {
    const said = text.trimStart();
    const lower = said.toLowerCase();
    for (const prefix of this.#prefixes) {
      if (!lower.startsWith(prefix.toLowerCase())) continue;
      const [, word = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(said.slice(prefix.length)) ?? [];
      const entry = this.#words.get(word.toLowerCase())?.find(({ plugin }) => isOn(plugin));
      if (entry) return { plugin: entry.plugin, entry, prefix, rest };
    }
    return null;
  }

  /** Whether a text begins like a command. */
  addressed(text: string): boolean {
    const lower = text.trimStart().toLowerCase();
    return this.#prefixes.some((prefix) => lower.startsWith(prefix.toLowerCase()));
  }

  /** For `!help`: every command that is not hidden and on there, by name. */
  list(isOn: (plugin: string) => boolean): CommandInfo[] {
    const heard = [...this.#words.values()].flatMap((entries) => entries.find(({ plugin }) => isOn(plugin)) ?? []);
    const shown = [...new Set(heard)].filter(({ hidden }) => !hidden);
    return shown
      .map(({ guard: _guard, hidden: _hidden, ...info }) => info)
      .sort((a, b) => a.name.localeCompare(b.name));
  }
}
