import type { Socket } from "node:net";
import type { ProxyServer } from "../../core/model/proxy-server.ts";
import { HandshakeReader, ProxyFault, TargetFault } from "./handshake.ts";
import type { ProxyTarget } from "./target.ts";

const mostHead = 16 * 1024;

/** Has an HTTP proxy connect to `target` (RFC 9110 §9.3.6): the proxy resolves the name. */
export async function connectByHttp(socket: Socket, proxy: ProxyServer, { host, port }: ProxyTarget): Promise<void> {
  const at = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  socket.write([`CONNECT ${at} HTTP/1.1`, `Host: ${at}`, ...authorization(proxy), "", ""].join("\r\n"));
  const reader = new HandshakeReader(socket);
  const head = await reader.until("\r\n\r\n", mostHead);
  const status = head === null ? null : /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
  if (!status) throw new ProxyFault("proxy_unavailable", "What listens there does not speak as an HTTP proxy");
  if (status === "407") throw refusedUser(proxy);
  if (!status.startsWith("2")) throw new TargetFault(`The proxy does not connect to it: it answers ${status}`);
  reader.release();
}

/** The header line with the user name and password; none when there are none. */
export function authorization({ username, password }: ProxyServer): string[] {
  if (username === null) return [];
  return [`Proxy-Authorization: Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}`];
}

export function refusedUser({ username }: ProxyServer): ProxyFault {
  return new ProxyFault(
    "proxy_refused",
    username === null
      ? "The proxy asks for a user name and password"
      : "The proxy does not take this user name and password",
  );
}
