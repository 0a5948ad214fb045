import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Complaint, type Player, type Server, Tale, type Told, type With } from "./player.ts";

interface Line {
  readonly answer?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly log?: string;
  readonly module?: string;
  readonly text?: string;
  readonly event?: string;
}

export type Sign = readonly [event: string, name: string, value: unknown];

/** A linked device in a process of its own, that takes commands and tells events a line at a time. */
export class ProcessPlayer implements Player {
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #folder = mkdtempSync(join(tmpdir(), "client-"));
  readonly #tale = new Tale();
  readonly #answers = new Map<number, (line: Line) => void>();
  readonly #signs: readonly Sign[];
  #last = 0;

  /** `signs` are the events after which it has all that a phone tells a new companion: a name, and a field's value. */
  constructor(command: readonly string[], signs: readonly Sign[], { url, rootKey, ca }: Server) {
    this.#signs = signs;
    const trusted = join(this.#folder, "ca.pem");
    writeFileSync(trusted, ca);
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: trusted };
    this.#process = Bun.spawn([...command], { env, stdio: ["pipe", "pipe", "inherit"] });
    this.#write({ url, address: new URL(url).host, rootKey, ca, store: join(this.#folder, "store.db") });
    this.#read().catch((cause: unknown) => this.#gone(String(cause)));
  }

  /** The file of its store. */
  get store(): string {
    return join(this.#folder, "store.db");
  }

  get told(): readonly Told[] {
    return this.#tale.told;
  }

  get complaints(): readonly Complaint[] {
    return this.#tale.complaints;
  }

  async do(deed: string, how: With = {}): Promise<unknown> {
    const id = ++this.#last;
    const answered = new Promise<Line>((resolve) => this.#answers.set(id, resolve));
    this.#write({ id, do: deed, with: how });
    const { error, result } = await answered;
    if (error !== undefined) throw new Error(`${deed}: ${error}`);
    return result;
  }

  hears(event: string, fits?: (told: Told) => boolean): Promise<Told> {
    return this.#tale.hears(event, fits);
  }

  async ready(): Promise<void> {
    for (const [event, name, value] of this.#signs) await this.hears(event, (told) => told[name] === value);
  }

  async stop(): Promise<void> {
    await this.#process.stdin.end();
    await this.#process.exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(line: object): void {
    const { stdin } = this.#process;
    const written = Promise.resolve(stdin.write(`${JSON.stringify(line)}\n`)).then(() => stdin.flush());
    written.catch((cause: unknown) => this.#gone(String(cause)));
  }

  async #read(): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const bytes of this.#process.stdout) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        // Libraries beneath a client write their complaints where the answers go.
        if (line.startsWith("{")) this.#take(JSON.parse(line) as Line);
        else this.#tale.complaints.push({ level: "PLAIN", text: line });
      }
    }
    this.#gone("the client's program ended");
  }

  #gone(error: string): void {
    for (const answer of this.#answers.values()) answer({ error });
    this.#tale.break(new Error(error));
  }

  #take(line: Line): void {
    if (line.answer !== undefined) {
      this.#answers.get(line.answer)?.(line);
      this.#answers.delete(line.answer);
    } else if (line.log !== undefined) {
      this.#tale.complaints.push({ level: line.log, text: `[${line.module}] ${line.text}` });
    } else if (line.event !== undefined) {
      this.#tale.tell({ ...line, event: line.event });
    }
  }
}
