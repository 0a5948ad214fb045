import type { CommandEntry } from "./protocol.ts";
import type { CommandInfo } from "./words.ts";

export interface Match {
  plugin: string;
  entry: CommandEntry;
  prefix: string;
  rest: string;
}

/** Which plugin a command belongs to. The first to take a word keeps it. */
export class Router {
  readonly #words = new Map<string, CommandEntry>();

  /** `prefixes`, longest first: with "!" and "!!", "!!x" is the command x. */
  constructor(readonly prefixes: readonly string[]) {
    this.prefixes = [...prefixes].sort((a, b) => b.length - a.length);
  }

  /** From now on these are the commands. Returns the words that an earlier one has already. */
  set(entries: readonly CommandEntry[]): { plugin: string; word: string; owner: string }[] {
    const taken: { plugin: string; word: string; owner: string }[] = [];
    this.#words.clear();
    for (const entry of entries) {
      const { plugin } = entry;
      for (const word of [entry.name, ...entry.aliases]) {
        const owner = this.#words.get(word)?.plugin;
        if (owner === undefined) this.#words.set(word, entry);
        else if (owner !== plugin) taken.push({ plugin, word, owner });
      }
    }
    return taken;
  }

  match(text: string): Match | null {
    const said = text.trimStart();
    const lower = said.toLowerCase();
    for (const prefix of this.prefixes) {
      if (!lower.startsWith(prefix.toLowerCase())) continue;
      const [, word = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(said.slice(prefix.length)) ?? [];
      const entry = this.#words.get(word.toLowerCase());
      if (entry) return { plugin: entry.plugin, entry, prefix, rest };
    }
    return null;
  }

  /** For `!help`: every command that is not hidden, by name. */
  list(): CommandInfo[] {
    const shown = [...new Set(this.#words.values())].filter(({ hidden }) => !hidden);
    return shown
      .map(({ guard: _guard, hidden: _hidden, ...info }) => info)
      .sort((a, b) => a.name.localeCompare(b.name));
  }
}
