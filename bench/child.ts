/** A benchmark's other processes: each answers named calls over IPC, so that client and server use a core each. */
import { fileURLToPath } from "node:url";

type Calls = Record<string, (argument: never) => unknown>;

interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/** In the child: serves `calls` to the parent until it ends. */
export function serve(calls: Calls): void {
  process.on("message", (message: { id: number; name: string; argument: unknown }) => {
    void (async () => {
      const answer: Answer = { id: message.id };
      try {
        answer.value = await calls[message.name]?.(message.argument as never);
      } catch (error) {
        answer.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
      }
      process.send?.(answer);
    })();
  });
  process.on("disconnect", () => process.exit(0));
}

/**
 * In the parent: a child that runs `file` (beside this one). `elsewhere` plays another machine: its work gives way to
 * the others' (lowest priority of the system), so that what it takes of this machine is not counted as theirs.
 */
export class Child {
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #count = 0;
  readonly #process;

  constructor(file: string, env: Record<string, string> = {}, { elsewhere = false } = {}) {
    const command = [process.execPath, fileURLToPath(new URL(file, import.meta.url))];
    this.#process = Bun.spawn(elsewhere ? ["nice", "-n", "19", ...command] : command, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (answer: Answer) => {
        this.#waiting.get(answer.id)?.(answer);
        this.#waiting.delete(answer.id);
      },
    });
  }

  get pid(): number {
    return this.#process.pid;
  }

  call<T>(name: string, argument?: unknown): Promise<T> {
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ value, error }) => (error ? reject(new Error(error)) : resolve(value as T)));
      this.#process.send({ id, name, argument });
    });
  }

  async kill(): Promise<void> {
    this.#process.kill(9);
    await this.#process.exited;
  }
}
