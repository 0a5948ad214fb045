import { Agent } from "node:https";

/**
 * What the WebSocket trusts and by which proxy it leaves: Baileys takes both as an agent, which Bun's WebSocket reads
 * `ca` and `proxy` from. Undefined: the usual authorities, and directly.
 */
export function agentFor(authorities: string[] | undefined, proxy: string | null): Agent | undefined {
  if (authorities === undefined && proxy === null) return undefined;
  const agent = new Agent(authorities === undefined ? {} : { ca: authorities });
  return proxy === null ? agent : Object.assign(agent, { proxy });
}

const exceptions = ["NO_PROXY", "no_proxy"] as const;

/**
 * Runs `work`, which makes a WebSocket, while the environment names no hosts that proxies are left out for: Bun 1.4.5 reads
 * them then, and connects to such hosts directly though a proxy is given. `fetch` has an option for this, the WebSocket none.
 */
export function withoutExceptions<T>(work: () => T): T {
  const before = exceptions.map((name) => [name, process.env[name]] as const);
  for (const name of exceptions) delete process.env[name];
  try {
    return work();
  } finally {
    for (const [name, value] of before) if (value !== undefined) process.env[name] = value;
  }
}
