import { Thread } from "./thread.ts";

/** Milliseconds an empty thread waits for the next version of its plugin: somebody who writes one saves often. */
const idle = 60_000;
/** Versions in one thread: what the runtime may keep of each goes with it. */
const most = 100;

/**
 * The threads of a host. One that a version left clean is used for the next version of the same plugin, and of no other:
 * a thread takes 2.3 MB and milliseconds to make, and the runtime never gives back about a kilobyte of each.
 */
export class Threads {
  readonly #spare = new Map<string, { thread: Thread; expiry: Timer }>();
  #over = false;

  /** `fresh`: a new one in any case. */
  take(file: string, root: string, fresh = false): Thread {
    const spare = fresh ? undefined : this.#spare.get(file);
    if (!spare) return new Thread(file, root);
    clearTimeout(spare.expiry);
    this.#spare.delete(file);
    return spare.thread;
  }

  /** Takes an emptied thread back. */
  async keep(thread: Thread): Promise<void> {
    if (this.#over || thread.uses >= most || this.#spare.has(thread.file)) return thread.end();
    const expiry = setTimeout(() => void this.drop(thread.file), idle);
    expiry.unref();
    this.#spare.set(thread.file, { thread, expiry });
  }

  /** The plugin is gone: so is its spare thread. */
  async drop(file: string): Promise<void> {
    const spare = this.#spare.get(file);
    this.#spare.delete(file);
    clearTimeout(spare?.expiry);
    await spare?.thread.end();
  }

  async close(): Promise<void> {
    this.#over = true;
    await Promise.all([...this.#spare.keys()].map((file) => this.drop(file)));
  }
}
