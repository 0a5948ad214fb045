import { Failure } from "../../core/base/failure.ts";
import { belongs, findPlugins, rootOf, shownFile } from "../lifecycle/find.ts";
import { concernsAll, filesForAll, settingsFile, sourceFilesOf, SeenContents } from "../lifecycle/plugin-files.ts";
import type { Installed } from "../lifecycle/installed.ts";

/** What the folder's owner does with its plugins. */
export interface FolderOwner {
  /** Makes what loads this file. */
  install(file: string, root: string): Installed;
  /** A file is gone: nothing of it runs any more when this resolves. */
  remove(plugin: Installed): Promise<void>;
}

/** The plugins of one folder, by file: loads what is new, lets go what is gone. */
export class Folder {
  readonly #byFile = new Map<string, Installed>();
  readonly #contents = new SeenContents();

  constructor(
    readonly dir: string,
    /** Just these files, wherever they are, instead of what is in the folder. */
    readonly files: readonly string[] | null,
    readonly owner: FolderOwner,
  ) {}

  /** By file name: who comes first keeps a command that two want. */
  get all(): Installed[] {
    return [...this.#byFile.values()];
  }

  named(name: string): Installed | null {
    return this.all.find((plugin) => plugin.name === name) ?? null;
  }

  /** Throws `not_found`. */
  find(name: string): Installed {
    const plugin = this.named(name);
    if (!plugin) throw new Failure("not_found", `There is no plugin "${name}".`);
    return plugin;
  }

  /** Throws a sentence when another file has that name. */
  claim(name: string, plugin: Installed): void {
    const other = this.all.find((candidate) => candidate !== plugin && candidate.manifest?.name === name);
    if (other) throw new Error(`the name ${name} is taken by ${shownFile(other.file)}`);
  }

  async scan(): Promise<void> {
    if (this.#byFile.size === 0) for (const each of filesForAll(this.dir)) this.#contents.isOther(each);
    const files = this.files ?? findPlugins(this.dir);
    const gone = [...this.#byFile].filter(([file]) => !files.includes(file));
    await Promise.all(gone.map(([, plugin]) => this.remove(plugin)));
    const fresh = files.filter((file) => !this.#byFile.has(file));
    const coming = fresh.map((file) => this.owner.install(file, rootOf(file, this.dir)));
    for (const plugin of coming) {
      this.#byFile.set(plugin.file, plugin);
      this.#look(plugin);
    }
    // Read all at once, but each begins when those before it have: who comes first keeps a name or command that two want.
    let before = Promise.resolve();
    for (const plugin of coming) before = plugin.load(before);
    await before;
  }

  async remove(plugin: Installed): Promise<void> {
    this.#byFile.delete(plugin.file);
    await this.owner.remove(plugin);
  }

  /**
   * What was saved and holds something else than before concerns the plugins that it belongs to, and those that import it: an
   * editor that saves by renaming touches more than it changes, and `git` touches all. A plugin whose file was only touched is
   * loaded when something else was decided about it: the command line touches it to be noticed.
   */
  async changed(saved: ReadonlySet<string>): Promise<void> {
    const known = this.all;
    const other = [...saved].filter((file) => this.#contents.isOther(file));
    await this.scan();
    const staying = known.filter((plugin) => this.#byFile.get(plugin.file) === plugin);
    const isSet = other.some((file) => file === settingsFile(this.dir));
    const concerned = await Promise.all(
      staying.map(async (plugin) => {
        const { file: entry } = plugin;
        if (other.some((file) => belongs(file, entry, this.dir)) || concerns(other, entry)) return true;
        return (isSet || saved.has(entry)) && plugin.isStale();
      }),
    );
    const again = staying.filter((_, index) => concerned[index]);
    for (const plugin of again) this.#look(plugin);
    await Promise.all(again.map((plugin) => plugin.load()));
  }

  /** Before it is loaded: what is saved from now on is something else. */
  #look(plugin: Installed): void {
    for (const each of sourceFilesOf(plugin.file)) this.#contents.isOther(each);
  }
}

function concerns(shared: readonly string[], entry: string): boolean {
  if (shared.some(concernsAll)) return true;
  const own = shared.length === 0 ? null : sourceFilesOf(entry);
  return shared.some((file) => own?.has(file));
}
