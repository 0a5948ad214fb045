import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Complaint, type Player, type Server, Tale, type Told, type With } from "./player.ts";

const source = join(import.meta.dir, "whatsmeow");

interface Line {
  readonly answer?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly log?: string;
  readonly module?: string;
  readonly text?: string;
  readonly event?: string;
}

/** The Go program, built once for the sources it is made of and kept among the machine's scratch files. */
export async function buildGoPlayer(): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for (const name of Array.from(new Bun.Glob("*").scanSync({ cwd: source })).toSorted())
    hash.update(`${name}\0`).update(await Bun.file(join(source, name)).bytes());
  const folder = join(tmpdir(), ".merpati-clients");
  mkdirSync(folder, { recursive: true });
  const program = join(folder, `whatsmeow-${hash.digest("hex").slice(0, 16)}`);
  if (await Bun.file(program).exists()) return program;
  const made = mkdtempSync(join(folder, "making-"));
  try {
    const env = { ...process.env, GOFLAGS: "-mod=readonly", CGO_ENABLED: "0" };
    const build = Bun.spawn(["go", "build", "-o", join(made, "player"), "."], {
      cwd: source,
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if ((await build.exited) !== 0) throw new Error("the program on whatsmeow does not build");
    await Bun.write(program, Bun.file(join(made, "player")));
    await Bun.spawn(["chmod", "+x", program]).exited;
    return program;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** A linked device on whatsmeow, in a process of its own. */
export class GoPlayer implements Player {
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #folder = mkdtempSync(join(tmpdir(), "whatsmeow-"));
  readonly #tale = new Tale();
  readonly #answers = new Map<number, (line: Line) => void>();
  #last = 0;

  constructor(program: string, { url, rootKey, ca }: Server) {
    this.#process = Bun.spawn([program], { stdio: ["pipe", "pipe", "inherit"] });
    this.#write({ address: new URL(url).host, rootKey, ca, store: join(this.#folder, "store.db") });
    this.#read().catch((cause: unknown) => this.#gone(String(cause)));
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
        // Libraries beneath whatsmeow write their complaints where the answers go.
        if (line.startsWith("{")) this.#take(JSON.parse(line) as Line);
        else this.#tale.complaints.push({ level: "PLAIN", text: line });
      }
    }
    this.#gone("the program on whatsmeow ended");
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
