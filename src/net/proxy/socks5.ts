import { isIPv4, isIPv6, type Socket } from "node:net";
import type { ProxyServer } from "../../core/model/proxy-server.ts";
import { HandshakeReader, ProxyFault, TargetFault } from "./handshake.ts";
import { refusedUser } from "./http-connect.ts";
import type { ProxyTarget } from "./target.ts";

const version = 5;
const methods = { none: 0, password: 2, nothingFits: 0xff } as const;
const kinds = { four: 1, name: 3, six: 4 } as const;
/** RFC 1928 §6. */
const replies: Record<number, string> = {
  1: "it says only that it failed",
  2: "its rules forbid it",
  3: "the network cannot be reached",
  4: "the host cannot be reached",
  5: "the connection was refused",
  6: "it took too long",
  7: "it takes no such command",
  8: "it takes no such address",
};

/** Has a SOCKS5 proxy connect to `target` (RFC 1928, RFC 1929). A name is sent as it is: the proxy resolves it. */
export async function connectBySocks5(socket: Socket, proxy: ProxyServer, target: ProxyTarget): Promise<void> {
  const reader = new HandshakeReader(socket);
  const offered = proxy.username === null ? [methods.none] : [methods.none, methods.password];
  socket.write(Buffer.from([version, offered.length, ...offered]));
  const [spoken, method] = await reader.bytes(2);
  if (spoken !== version) throw strange();
  if (method === methods.password && proxy.username !== null) await signIn(socket, reader, proxy);
  else if (method === methods.nothingFits || method === methods.password) throw refusedUser(proxy);
  else if (method !== methods.none) throw strange();
  socket.write(Buffer.from([version, 1, 0, ...addressed(target), target.port >> 8, target.port & 255]));
  const [back, reply = 1, , kind = 0] = await reader.bytes(4);
  if (back !== version) throw strange();
  if (reply !== 0) throw new TargetFault(`The proxy does not connect to it: ${replies[reply] ?? `reply ${reply}`}`);
  await reader.bytes((await lengthOfBound(kind, reader)) + 2);
  reader.release();
}

async function signIn(socket: Socket, reader: HandshakeReader, proxy: ProxyServer): Promise<void> {
  const [name, password] = [Buffer.from(proxy.username ?? ""), Buffer.from(proxy.password ?? "")];
  socket.write(Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([password.length]), password]));
  const [, status] = await reader.bytes(2);
  if (status !== 0) throw refusedUser(proxy);
}

function addressed({ host }: ProxyTarget): number[] {
  if (isIPv4(host)) return [kinds.four, ...host.split(".").map(Number)];
  if (isIPv6(host)) return [kinds.six, ...bytesOf6(host)];
  const name = Buffer.from(host);
  return [kinds.name, name.length, ...name];
}

/** The address that the proxy connects from; nobody needs it. */
async function lengthOfBound(kind: number, reader: HandshakeReader): Promise<number> {
  if (kind === kinds.four) return 4;
  if (kind === kinds.six) return 16;
  if (kind !== kinds.name) throw strange();
  return (await reader.bytes(1))[0] ?? 0;
}

function bytesOf6(address: string): number[] {
  const hex = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1) ?? "::";
  const [left = "", right] = hex.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":").map((each) => parseInt(each, 16)));
  const [head, tail] = [groups(left), groups(right ?? "")];
  const whole = right === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill(0), ...tail];
  return whole.flatMap((group: number) => [group >> 8, group & 255]);
}

const strange = (): ProxyFault =>
  new ProxyFault("proxy_unavailable", "What listens there does not speak as a SOCKS5 proxy");
