import { connect, createServer, type Server, type Socket } from "node:net";
import { Watch } from "../watch.ts";

/** What a client asked a proxy for. */
export interface Passed {
  host: string;
  port: number;
  /** `CONNECT`, or the method of a request with the whole address in it. */
  method: string;
}

interface TestProxyOptions {
  kind: "http" | "socks5";
  user?: { name: string; password: string };
  /** Names that only this proxy knows, and the port on loopback that each stands for. */
  hosts?: Record<string, number>;
}

/** A proxy of one's own on loopback: written for the tests, after RFC 9110 §9.3.6, RFC 1928 and RFC 1929. */
export class TestProxy implements Disposable {
  readonly passed: Passed[] = [];
  /** Connections that it took. */
  taken = 0;
  /** How often somebody had the wrong user name or none. */
  refused = 0;
  /** What it says instead of connecting: a status of HTTP, a reply of SOCKS. */
  answer: number | null = null;
  /** Takes connections and never says a word. */
  isSilent = false;
  user: { name: string; password: string } | undefined;
  readonly #watch = new Watch();
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;

  readonly #options: TestProxyOptions;

  constructor(options: TestProxyOptions) {
    this.#options = options;
    this.user = options.user;
  }

  static async open(options: TestProxyOptions): Promise<TestProxy> {
    const made = new TestProxy(options);
    await made.open();
    return made;
  }

  /** Listens, on the port that it had before. */
  async open(host = "127.0.0.1"): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => this.#sockets.delete(socket));
      this.taken += 1;
      this.#watch.changed();
      if (this.isSilent) return;
      const serve = this.#options.kind === "http" ? this.#http(socket) : this.#socks(socket);
      serve.catch(() => socket.destroy());
    });
    server.listen(this.#port, host, resolve);
    await promise;
    this.#server = server;
    this.#port = (server.address() as { port: number }).port;
  }

  /** Dies: whoever is connected is cut off. */
  die(): void {
    this.#server?.close();
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
  }

  get port(): number {
    return this.#port;
  }

  /** Its address, with the right user name and password. */
  get url(): string {
    const { user } = this;
    const credentials = user ? `${encodeURIComponent(user.name)}:${encodeURIComponent(user.password)}@` : "";
    return `${this.#options.kind}://${credentials}127.0.0.1:${this.#port}`;
  }

  /** So many connections went through to that host. */
  through(host: string): number {
    return this.passed.filter((each) => each.host === host).length;
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    await this.#watch.until(() => holds() || undefined, what);
  }

  [Symbol.dispose](): void {
    this.die();
  }

  async #http(socket: Socket): Promise<void> {
    const { head, rest } = await headOf(socket);
    const [line = "", ...headers] = head.split("\r\n");
    const [method = "", url = "", version] = line.split(" ");
    const { user } = this;
    const wanted = user && `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`;
    const given = headers.map((each) => /^proxy-authorization: (.*)$/i.exec(each)?.[1]).find(Boolean);
    if (wanted !== undefined && given !== wanted) {
      this.#refuse();
      return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    }
    const target = URL.parse(method === "CONNECT" ? `http://${url}` : url);
    if (!target) return void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    const host = target.hostname.replace(/^\[|\]$/g, "");
    const port = Number(method === "CONNECT" ? url.split(":").at(-1) : target.port || 80);
    if (this.answer !== null) return void socket.end(`HTTP/1.1 ${this.answer} No\r\nContent-Length: 0\r\n\r\n`);
    const onward = await this.#onward({ host, port, method });
    if (method === "CONNECT") socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    else {
      const own = headers.filter((each) => !/^proxy-/i.test(each));
      onward.write([`${method} ${target.pathname}${target.search} ${version}`, ...own, "", ""].join("\r\n"));
    }
    onward.write(rest);
    join(socket, onward);
  }

  async #socks(socket: Socket): Promise<void> {
    const read = reading(socket);
    const [, count = 0] = await read(2);
    const methods = await read(count);
    if (this.user) {
      if (!methods.includes(2)) return this.#refuseSocks(socket, [5, 0xff]);
      socket.write(Buffer.from([5, 2]));
      const [, length = 0] = await read(2);
      const name = (await read(length)).toString();
      const password = (await read((await read(1))[0] ?? 0)).toString();
      if (name !== this.user.name || password !== this.user.password) return this.#refuseSocks(socket, [1, 1]);
      socket.write(Buffer.from([1, 0]));
    } else socket.write(Buffer.from([5, 0]));
    const [, , , kind] = await read(4);
    const host =
      kind === 3
        ? (await read((await read(1))[0] ?? 0)).toString()
        : kind === 1
          ? (await read(4)).join(".")
          : (await read(16)).toString("hex");
    const port = (await read(2)).readUInt16BE();
    const reply = (code: number) => Buffer.from([5, code, 0, 1, 127, 0, 0, 1, 0, 0]);
    if (this.answer !== null) return void socket.end(reply(this.answer));
    const onward = await this.#onward({ host, port, method: "CONNECT" });
    socket.write(reply(0));
    onward.write(read.rest());
    join(socket, onward);
  }

  #refuse(): void {
    this.refused += 1;
    this.#watch.changed();
  }

  #refuseSocks(socket: Socket, answer: number[]): void {
    this.#refuse();
    socket.end(Buffer.from(answer));
  }

  async #onward(asked: Passed): Promise<Socket> {
    const known = this.#options.hosts?.[asked.host];
    this.passed.push(asked);
    this.#watch.changed();
    const onward = connect({
      host: known === undefined ? asked.host : "127.0.0.1",
      port: known ?? asked.port,
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    onward.once("connect", resolve).once("error", reject);
    await promise;
    return onward;
  }
}

function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on("error", () => to.destroy()).on("close", () => to.end());
    from.pipe(to);
  }
}

async function headOf(socket: Socket): Promise<{ head: string; rest: Buffer }> {
  const read = reading(socket);
  let text = "";
  while (!text.endsWith("\r\n\r\n")) text += (await read(1)).toString("latin1");
  return { head: text.slice(0, -4), rest: read.rest() };
}

/** Reads so many bytes at a time; `rest` gives what is left, and the socket back. */
function reading(socket: Socket): ((count: number) => Promise<Buffer>) & { rest(): Buffer } {
  let held: Buffer = Buffer.alloc(0);
  let wake = () => {};
  let over = false;
  const hear = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk]);
    wake();
  };
  socket.on("data", hear).on("close", () => {
    over = true;
    wake();
  });
  const read = async (count: number): Promise<Buffer> => {
    while (held.length < count) {
      if (over) throw new Error("the client left");
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
    const taken = held.subarray(0, count);
    held = held.subarray(count);
    return taken;
  };
  const rest = (): Buffer => {
    socket.off("data", hear).pause();
    return held;
  };
  return Object.assign(read, { rest });
}
