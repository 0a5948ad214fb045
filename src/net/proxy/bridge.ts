import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { HandshakeReader } from "./handshake.ts";
import { type ProxyTarget, targetIn } from "./target.ts";

const mostHead = 64 * 1024;

/** What the bridge asks of whoever knows the devices' proxies. */
export interface BridgeOwner {
  /** A connection to `target` for the traveller of that key, paused; null: nobody is known by it, or it failed. */
  tunnel(traveller: string, target: ProxyTarget): Promise<Socket | null>;
  /** A connection that plain requests are written to, and the lines they take along; as `tunnel`. */
  forward(traveller: string, target: ProxyTarget): Promise<Forward | null>;
}

export interface Forward {
  socket: Socket;
  /** Whether the proxy takes the whole address in the request line. */
  isWhole: boolean;
  /** Lines for the proxy. */
  headers: readonly string[];
}

/**
 * An HTTP proxy on loopback that leads to the devices' proxies: Bun's `fetch` and WebSocket speak to HTTP proxies only, and
 * do not say whether the proxy or what is behind it failed. Its user names are the travellers; its password is made anew
 * with each process. Where it has no way, it closes the connection: it never connects directly.
 */
export class Bridge {
  readonly #token = randomBytes(32).toString("base64url");
  readonly #tunnels = new Map<string, Set<Socket>>();

  readonly #owner: BridgeOwner;
  readonly #server: Server;

  private constructor(owner: BridgeOwner) {
    this.#owner = owner;
    this.#server = createServer({ pauseOnConnect: true }, (socket) => {
      socket.on("error", () => socket.destroy());
      this.#serve(socket).catch(() => socket.destroy());
    });
  }

  static async open(owner: BridgeOwner): Promise<Bridge> {
    const made = new Bridge(owner);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    made.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    await promise;
    made.#server.unref();
    return made;
  }

  /** The address of the bridge for a traveller. */
  address(traveller: string): string {
    const at = this.#server.address();
    if (at === null || typeof at === "string") throw new Error("the bridge does not listen");
    return `http://${encodeURIComponent(traveller)}:${this.#token}@127.0.0.1:${at.port}`;
  }

  /** Ends every connection of the travellers for which `which` holds. */
  forget(which: (traveller: string) => boolean): void {
    for (const [traveller, sockets] of this.#tunnels)
      if (which(traveller)) for (const socket of sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.forget(() => true);
  }

  async #serve(socket: Socket): Promise<void> {
    const reader = new HandshakeReader(socket);
    socket.resume();
    const head = await reader.until("\r\n\r\n", mostHead);
    const request = head === null ? null : requestIn(head);
    const traveller = request && this.#travellerOf(request.headers);
    if (!request || !traveller) return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    if (request.method === "CONNECT") await this.#connect(socket, reader, traveller, request);
    else await this.#forward(socket, reader, traveller, request);
  }

  async #connect(socket: Socket, reader: HandshakeReader, traveller: string, { url }: Request): Promise<void> {
    const target = targetIn(url);
    const onward = target && (await this.#owner.tunnel(traveller, target));
    if (!onward) return void socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    if (socket.destroyed) return void onward.destroy();
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    reader.release();
    this.#join(traveller, socket, onward);
  }

  /** A request for an http:// address: one for each connection, so that the next may belong to somebody else. */
  async #forward(socket: Socket, reader: HandshakeReader, traveller: string, request: Request): Promise<void> {
    const url = URL.parse(request.url);
    if (url?.protocol !== "http:") return void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    const target = { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 80) };
    const onward = await this.#owner.forward(traveller, target);
    // An answer would be taken for the server's.
    if (!onward) return void socket.destroy();
    const { isWhole, headers, socket: to } = onward;
    if (socket.destroyed) return void to.destroy();
    const line = `${request.method} ${isWhole ? url.href : `${url.pathname}${url.search}`} HTTP/1.1`;
    const own = request.headers.filter((each) => !/^(proxy-|connection:|keep-alive:)/i.test(each));
    to.write([line, ...own, "Connection: close", ...headers, "", ""].join("\r\n"));
    reader.release();
    this.#join(traveller, socket, to);
  }

  #join(traveller: string, one: Socket, other: Socket): void {
    const all = this.#tunnels.get(traveller) ?? new Set();
    this.#tunnels.set(traveller, all);
    const lead = (from: Socket, to: Socket): void => {
      all.add(from);
      from.once("error", () => to.destroy());
      from.once("close", () => {
        all.delete(from);
        if (all.size === 0) this.#tunnels.delete(traveller);
        // What ended in order is still being written to the other side.
        if (!from.readableEnded) to.destroy();
      });
      from.pipe(to);
    };
    lead(one, other);
    lead(other, one);
  }

  /** Null unless the request knows the password of this process. */
  #travellerOf(headers: readonly string[]): string | null {
    const found = headers.map((each) => /^proxy-authorization:\s*basic\s+(\S+)\s*$/i.exec(each)?.[1]).find(Boolean);
    const [traveller = "", token = ""] = Buffer.from(found ?? "", "base64")
      .toString()
      .split(":");
    const [given, right] = [Buffer.from(token), Buffer.from(this.#token)];
    return given.length === right.length && timingSafeEqual(given, right) ? decodeURIComponent(traveller) : null;
  }
}

interface Request {
  method: string;
  url: string;
  headers: readonly string[];
}

function requestIn(head: string): Request | null {
  const [line = "", ...headers] = head.trimEnd().split("\r\n");
  const [method, url, version] = line.split(" ");
  return method && url && version?.startsWith("HTTP/1.") ? { method, url, headers } : null;
}
