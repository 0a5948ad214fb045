import { createSocket, type Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";

/** What a name leads to, asked anew each time: IPv4 addresses; `silent` never answers, an empty list is "no such name". */
export type Zone = (name: string) => string[] | "silent";

/** A real DNS server on loopback, as far as an A record needs one (RFC 1035 §4). */
export class Nameserver {
  readonly asked: string[] = [];
  readonly #resolver = new Resolver();

  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  }

  static async start(zone: Zone): Promise<Nameserver> {
    const socket = createSocket("udp4");
    await new Promise<void>((ready) => socket.bind(0, "127.0.0.1", ready));
    const server = new Nameserver(socket);
    socket.on("message", (query, from) => {
      const { name, end } = questionOf(query);
      server.asked.push(name);
      const answer = zone(name);
      if (answer !== "silent") socket.send(answerTo(query, end, answer), from.port, from.address);
    });
    return server;
  }

  /** Asks this server over the wire, without the system's threads. */
  readonly resolve = (host: string): Promise<string[]> => this.#resolver.resolve4(host);

  async [Symbol.asyncDispose](): Promise<void> {
    this.#resolver.cancel();
    await new Promise<void>((closed) => this.#socket.close(closed));
  }
}

function questionOf(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + size));
    at += 1 + size;
  }
  return { name: labels.join("."), end: at + 5 };
}

function answerTo(query: Buffer, end: number, addresses: string[]): Buffer {
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(addresses.length > 0 ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split(".").map(Number)]),
  );
  return Buffer.concat([head, query.subarray(12, end), ...records]);
}
