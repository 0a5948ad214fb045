import { type Socket, io } from "socket.io-client";
import { Watch } from "./watch.ts";

/** What a client heard: an event's name and its payload. */
export interface Heard<T = Record<string, unknown>> {
  name: string;
  payload: T;
}

/** The stock Socket.IO client, which remembers everything it heard. */
export class SocketClient implements Disposable {
  readonly heard: Heard[] = [];
  readonly #watch = new Watch();

  private constructor(readonly socket: Socket) {
    socket.onAny((name: string, payload: Record<string, unknown>) => {
      this.heard.push({ name, payload });
      this.#watch.changed();
    });
  }

  /** Rejects with the server's sentence when it is not let in. */
  static async open(url: string, options: Record<string, unknown>): Promise<SocketClient> {
    const client = new SocketClient(io(url, { forceNew: true, reconnection: false, ...options }));
    await new Promise<void>((resolve, reject) => {
      client.socket.on("connect", resolve);
      client.socket.on("connect_error", (error) => {
        client.socket.disconnect();
        reject(error);
      });
    });
    return client;
  }

  /** The first event of this name, past or to come, for which `which` holds. */
  next<T = Record<string, unknown>>(name: string, which: (payload: T) => boolean = () => true): Promise<T> {
    const find = () => this.heard.find((each) => each.name === name && which(each.payload as T));
    return this.#watch.until(() => find()?.payload as T | undefined, `the event ${name}`);
  }

  /** The first of all events, past or to come, for which `which` holds; `what` names it where it is missed. */
  first(which: (heard: Heard) => boolean, what: string): Promise<Heard> {
    return this.#watch.until(() => this.heard.find(which), what);
  }

  /** What was heard at this place, from 0, among those whose name counts. */
  at(place: number, counts: (name: string) => boolean): Promise<Heard> {
    return this.#watch.until(() => this.heard.filter(({ name }) => counts(name))[place], `event ${place}`);
  }

  /** The names heard so far, in order. */
  get names(): string[] {
    return this.heard.map(({ name }) => name);
  }

  /** Forgets what was heard, so that `next` waits for what comes. */
  forget(): void {
    this.heard.length = 0;
  }

  /** Asks the server something that it acknowledges. */
  ask(name: string, payload?: unknown): Promise<Record<string, unknown>> {
    return this.socket.timeout(5_000).emitWithAck(name, payload) as Promise<Record<string, unknown>>;
  }

  /** When the server put it out. */
  async closed(): Promise<void> {
    await new Promise((resolve) => (this.socket.disconnected ? resolve(null) : this.socket.on("disconnect", resolve)));
  }

  [Symbol.dispose](): void {
    this.socket.disconnect();
  }
}
