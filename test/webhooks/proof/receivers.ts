import { createServer, type Server, type Socket } from "node:net";

/** How a receiver treats the nth request (from 0) for an event of a chat; `ms` since it was made. */
export type Manner = (request: { nth: number; chat: string; ms: number }) => Treatment;
export type Treatment =
  { answer: number; after?: number; location?: string; retryAfter?: number; lie?: boolean } | "reset" | "hang";

/** What came of one request: the status that left, or none. */
export type Answer = number | null;

interface Told {
  id: string;
  data: { chat: string; content: { text: string } };
}

/** A receiver below HTTP libraries, so that it can misbehave; it notes what it took and what it answered. */
export class ProofReceiver {
  /** Ids of events it answered 2xx in time, each once, by chat, in the order of their first time. */
  readonly taken = new Map<string, string[]>();
  /** By event. */
  readonly answers = new Map<string, Answer[]>();
  /** Milliseconds from recording to the first arrival. */
  readonly latencies: number[] = [];
  count = 0;
  /** Called at every event that was taken for the first time. */
  onTaken = (): void => {};
  readonly #seen = new Set<string>();
  readonly #sockets = new Set<Socket>();
  readonly #begun = Date.now();
  #opening: Timer | undefined;

  readonly #manner: Manner;
  readonly #server: Server;

  private constructor(
    readonly name: string,
    manner: Manner,
    server: Server,
    readonly port: number,
  ) {
    this.#manner = manner;
    this.#server = server;
    server.on("connection", (socket: Socket) => this.#serve(socket));
  }

  /** `downFor`: nobody listens there for so many milliseconds. */
  static async start(name: string, manner: Manner, downFor = 0): Promise<ProofReceiver> {
    const server = createServer();
    await listen(server, 0);
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const receiver = new ProofReceiver(name, manner, server, port);
    if (downFor > 0) {
      await new Promise((closed) => server.close(closed));
      receiver.#opening = setTimeout(() => void listen(server, port), downFor);
    }
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/${this.name.replaceAll(" ", "-")}`;
  }

  stop(): void {
    clearTimeout(this.#opening);
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    let buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk]);
      const head = buffer.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(buffer.toString("latin1", 0, head))?.[1] ?? 0);
      if (buffer.length < head + 4 + length) return;
      const body = buffer.toString("utf8", head + 4, head + 4 + length);
      buffer = buffer.subarray(head + 4 + length);
      this.#treat(socket, body);
    });
  }

  #treat(socket: Socket, body: string): void {
    const events = [JSON.parse(body) as Told | Told[]].flat().map(({ id, data }) => {
      const answers = this.answers.get(id) ?? [];
      this.answers.set(id, answers);
      const nth = answers.push(null) - 1;
      if (nth === 0) this.latencies.push(Date.now() - Number(data.content.text));
      return { id, chat: data.chat, answers, nth };
    });
    const [{ nth, chat } = { nth: 0, chat: "" }] = events;
    const treatment = this.#manner({ nth, chat, ms: Date.now() - this.#begun });
    if (treatment === "reset") return void socket.resetAndDestroy();
    if (treatment === "hang") return;
    const { answer, after = 0, location, retryAfter, lie = false } = treatment;
    const extra = [location && `location: ${location}`, retryAfter && `retry-after: ${retryAfter}`].filter(Boolean);
    const head = [`HTTP/1.1 ${answer} X`, ...extra, `content-length: ${lie ? 500 : 2}`, "", "ok"].join("\r\n");
    const say = (): void => {
      if (socket.destroyed) return; // the sender has given up on this attempt
      for (const each of events) each.answers[each.nth] = answer;
      if (lie) socket.end(head);
      else socket.write(head);
      if (answer >= 200 && answer < 300) for (const each of events) this.#take(each.id, each.chat);
    };
    if (after === 0) say();
    else setTimeout(say, after);
  }

  #take(id: string, chat: string): void {
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.count += 1;
    this.onTaken();
    this.taken.set(chat, [...(this.taken.get(chat) ?? []), id]);
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((ready) => server.listen(port, "127.0.0.1", ready));
}
