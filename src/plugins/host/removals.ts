import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { PluginData } from "../../core/ports/plugin-data.ts";

/** No plugin can have that name: these are the host's own notes. */
const owner = "$host";
const prefix = "$removed:";
const most = 10_000;

/**
 * What becomes of what a plugin stored when it is uninstalled. The command line says it in a note and deletes the file;
 * a running bot does the rest when it has let go of the plugin, else the next start.
 */
export class Removals {
  constructor(readonly data: PluginData) {}

  note(plugin: string, keepData: boolean): Promise<void> {
    return this.data.set(owner, prefix + plugin, { keepData });
  }

  /** Names of plugins whose files were deleted and whose data was not seen to yet. */
  async pending(): Promise<string[]> {
    return (await this.data.list(owner, prefix, most)).map(({ key }) => key.slice(prefix.length));
  }

  /** Does what the note about this plugin asks for, if there is one. */
  async finish(plugin: string): Promise<void> {
    const note = (await this.data.get(owner, prefix + plugin)) as { keepData: boolean } | null;
    if (note) await this.settle(plugin, note.keepData);
  }

  /** Kept are its store, settings and places; that it was on is not: one who comes back under its name is asked for first. */
  async settle(plugin: string, keepData: boolean): Promise<void> {
    await this.data.forgive(plugin);
    if (keepData) {
      const questions = await this.data.list(plugin, "$question:", most);
      for (const key of ["$wanted", "$disabled", "$origin", ...questions.map((question) => question.key)])
        await this.data.delete(plugin, key);
    } else await this.data.clear(plugin);
    await this.data.delete(owner, prefix + plugin);
  }
}

/** Deletes a plugin: its file, or its folder. */
export function deletePlugin(file: string, dir: string): void {
  rmSync(dirname(file) === dir ? file : dirname(file), { recursive: true, force: true });
}
