import { connect, type Socket } from "node:net";
import type { Clock } from "../../core/base/clock.ts";
import type { ProxyServer } from "../../core/model/proxy-server.ts";
import { ProxyFault } from "./handshake.ts";
import { connectByHttp } from "./http-connect.ts";
import { connectBySocks5 } from "./socks5.ts";
import type { ProxyTarget } from "./target.ts";

/** So long until a proxy lets data through, milliseconds; a WebSocket gives up after twenty seconds. */
const answerMs = 15_000;

const handshakes = { http: connectByHttp, socks5: connectBySocks5 } satisfies Record<ProxyServer["scheme"], unknown>;

/**
 * A connection to `target` through a proxy at `address`, paused. Throws `ProxyFault`, and `TargetFault` when the proxy
 * works and does not reach it.
 */
export function dialThrough(proxy: ProxyServer, address: string, target: ProxyTarget, clock: Clock): Promise<Socket> {
  return opened(proxy, address, clock, (socket) => handshakes[proxy.scheme](socket, proxy, target));
}

/** A connection to the proxy itself. Throws `ProxyFault`. */
export function dialProxy(proxy: ProxyServer, address: string, clock: Clock): Promise<Socket> {
  return opened(proxy, address, clock, async () => {});
}

async function opened(
  { port }: ProxyServer,
  address: string,
  clock: Clock,
  handshake: (socket: Socket) => Promise<void>,
): Promise<Socket> {
  const socket = connect({ host: address, port });
  socket.on("error", () => {}); // whoever waits hears of it in its own words
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(answerMs, () =>
    late.reject(new ProxyFault("proxy_unavailable", `The proxy did not answer within ${answerMs / 1000} s`)),
  );
  try {
    await Promise.race([connected(socket).then(() => handshake(socket)), late.promise]);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    cancel();
  }
}

function connected(socket: Socket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("connect", resolve);
  socket.once("error", (error: NodeJS.ErrnoException) => reject(unreachable(error.code)));
  return promise;
}

function unreachable(code = ""): ProxyFault {
  const why = reasons[code] ?? `the connection failed${code === "" ? "" : ` (${code})`}`;
  return new ProxyFault("proxy_unavailable", `The proxy cannot be reached: ${why}`);
}

const reasons: Record<string, string> = {
  ECONNREFUSED: "nobody listens there",
  ConnectionRefused: "nobody listens there",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
  ECONNRESET: "it closed the connection",
};
