import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { Failure } from "../core/base/failure.ts";
import { isLoopback } from "../core/base/loopback.ts";

/** What `serve` returns. Throws `unavailable`, with what to do, when it cannot listen there. */
export function listening<T>(port: number, serve: () => T, fix = "set PORT to another, or to 0 for a free one"): T {
  try {
    return serve();
  } catch (error) {
    const sentence = whyNot(error, port, fix);
    if (sentence === null) throw error;
    throw new Failure("unavailable", sentence, { cause: error });
  }
}

function whyNot(error: unknown, port: number, fix: string): string | null {
  if (!(error instanceof Error && "code" in error)) return null;
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} is in use: ${fix}.`;
    case "EACCES":
      return `This user may not listen on port ${port}: ${fix}. Ports below 1024 need rights of their own.`;
    default:
      // Its code says little: for a name that nobody knows it is that of whatever failed before.
      return `It cannot listen there (${String(error.code)}): HOST takes an address of this machine; without it, it listens on all.`;
  }
}

/** Where a server can be reached. */
export interface Addresses {
  /** `http://192.168.1.5:3000`, what this machine uses first. */
  readonly urls: readonly string[];
  /** Other machines reach it too. */
  readonly isOpen: boolean;
}

/** Every address that a server on `host` answers at. */
export function addressesAt(host: string, port: number, scheme: "http" | "https" = "http"): Addresses {
  const isOpen = !isLoopback(host);
  const others = networks(host).map(({ address }) => urlAt(address, port, scheme));
  return { urls: [urlAt(host, port, scheme), ...others], isOpen };
}

/** What this machine is called by others, where `host` means all of it. Link-local IPv6 needs a zone, which no URL has. */
function networks(host: string): NetworkInterfaceInfo[] {
  if (host !== "0.0.0.0" && host !== "::") return [];
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.filter(
    ({ internal, family, address }) =>
      !internal && (family === "IPv4" || (host === "::" && !address.toLowerCase().startsWith("fe80:"))),
  );
}

/** How this machine reaches what listens there: `http://127.0.0.1:3000`. */
export function urlAt(host: string, port: number | undefined, scheme: "http" | "https" = "http"): string {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `${scheme}://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}
