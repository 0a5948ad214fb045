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

  /** Returns the words that another plugin has already. */
  add(entries: readonly CommandEntry[]): { word: string; owner: string }[] {
    const taken: { word: string; owner: string }[] = [];
    for (const entry of entries) {
      for (const word of [entry.name, ...entry.aliases]) {
        const owner = this.#words.get(word)?.plugin;
        if (owner === undefined) this.#words.set(word, entry);
        else if (owner !== entry.plugin) taken.push({ word, owner });
      }
    }
    return taken;
  }

  remove(plugin: string): void {
    for (const [word, entry] of this.#words) if (entry.plugin === plugin) this.#words.delete(word);
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
