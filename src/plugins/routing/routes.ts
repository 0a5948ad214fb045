import { Failure } from "../../core/base/failure.ts";
import type { Installed } from "../lifecycle/installed.ts";
import { PluginFault } from "../contract/fault.ts";
import type { WireResponse } from "../contract/protocol.ts";

const largestBody = 1024 * 1024;

/** Answers `/plugins/<name>/…` by that plugin's routes. Throws Failures. */
export async function handleRequest(find: (name: string) => Installed | null, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const [, name = "", path = "/"] = /^\/plugins\/([^/]+)(\/.*)?$/.exec(url.pathname) ?? [];
  const plugin = find(name);
  const generation = plugin?.generation;
  const routes = generation?.registered?.routes ?? [];
  const found = routes
    .map((route, index) => ({ index, params: route.method === request.method ? match(route.path, path) : null }))
    .find(({ params }) => params !== null);
  if (!plugin || !generation || !found)
    throw new Failure("not_found", `No plugin answers ${request.method} ${url.pathname}.`);
  if (Number(request.headers.get("content-length") ?? 0) > largestBody) throw tooLarge();
  const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer());
  if (body && body.length > largestBody) throw tooLarge();
  const wire = { method: request.method, url: request.url, headers: [...request.headers], body };
  try {
    const work = { kind: "http" as const, index: found.index, params: found.params ?? {}, request: wire };
    const answer = (await generation.runner.work(work)) as WireResponse;
    const empty = [101, 204, 205, 304].includes(answer.status);
    return new Response(empty ? null : answer.body, { status: answer.status, headers: answer.headers });
  } catch (thrown) {
    if (thrown instanceof PluginFault && thrown.kind === "throw") plugin.faulted(thrown);
    throw new Failure("unavailable", `The plugin ${name} failed; the bot's log has the details.`, { cause: thrown });
  }
}

const tooLarge = () => new Failure("too_large", "A plugin's route takes at most 1 MB.");

/** `/order/:id` against `/order/7`. */
function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/").filter(Boolean);
  const given = path.split("/").filter(Boolean);
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return params;
}
