import { Failure } from "../../core/base/failure.ts";
import { belongs, findPlugins, rootOf, shownFile } from "../lifecycle/find.ts";
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
    const files = this.files ?? findPlugins(this.dir);
    const gone = [...this.#byFile].filter(([file]) => !files.includes(file));
    await Promise.all(gone.map(([, plugin]) => this.remove(plugin)));
    const fresh = files.filter((file) => !this.#byFile.has(file));
    const coming = fresh.map((file) => this.owner.install(file, rootOf(file, this.dir)));
    for (const plugin of coming) this.#byFile.set(plugin.file, plugin);
    // Read all at once, but each begins when those before it have: who comes first keeps a name or command that two want.
    let before = Promise.resolve();
    for (const plugin of coming) before = plugin.load(before);
    await before;
  }

  async remove(plugin: Installed): Promise<void> {
    this.#byFile.delete(plugin.file);
    await this.owner.remove(plugin);
  }

  /** A saved file concerns the plugin it belongs to; a shared one, all of them. */
  async changed(files: ReadonlySet<string>): Promise<void> {
    const known = this.all;
    await this.scan();
    const staying = known.filter((plugin) => this.#byFile.get(plugin.file) === plugin);
    const shared = [...files].some((file) => ![...this.#byFile.keys()].some((entry) => belongs(file, entry, this.dir)));
    const concerned = staying.filter(
      ({ file: entry }) => shared || [...files].some((file) => belongs(file, entry, this.dir)),
    );
    await Promise.all(concerned.map((plugin) => plugin.load()));
  }
}
