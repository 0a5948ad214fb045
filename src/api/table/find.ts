import type { Row, Table } from "./row.ts";

/** A route that a call means. */
export interface Route {
  /** `/v1/devices/:id/start`: what a log may know of the path. */
  readonly pattern: string;
  readonly row: Row;
  /** By name, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

interface Leaf {
  readonly pattern: string;
  readonly row: Row;
}

interface Branch {
  readonly fixed: Map<string, Branch>;
  any: Branch | null;
  /** By method. */
  readonly leaves: Map<string, Leaf>;
}

const branch = (): Branch => ({ fixed: new Map(), any: null, leaves: new Map() });

/** Finds routes in a table, in time that depends on the path's length alone. */
export class RouteFinder {
  readonly #root = branch();

  constructor(table: Table) {
    for (const [name, row] of Object.entries(table)) this.#add(name, row);
  }

  /** Null when there is no such route. A part that is no percent-encoded UTF-8 stays as it is. */
  find(method: string, path: string): Route | null {
    const parts = partsOf(path);
    const found = walk(this.#root, parts, 0, method === "HEAD" ? "GET" : method);
    if (found === null) return null;
    const names = partsOf(found.pattern);
    const params: Record<string, string> = {};
    for (const [place, name] of names.entries())
      if (name.startsWith(":")) params[name.slice(1)] = decoded(parts[place] ?? "");
    return { ...found, params };
  }

  #add(name: string, row: Row): void {
    const [method = "", pattern = ""] = name.split(" ");
    let at = this.#root;
    for (const part of partsOf(pattern)) {
      if (part.startsWith(":")) at = at.any ??= branch();
      else {
        const next = at.fixed.get(part) ?? branch();
        at.fixed.set(part, next);
        at = next;
      }
    }
    at.leaves.set(method, { pattern, row });
  }
}

/** What is fixed comes before what is any. Patterns have a dozen parts at most, and so few ways. */
function walk(at: Branch, parts: readonly string[], place: number, method: string): Leaf | null {
  const part = parts[place];
  if (part === undefined) return at.leaves.get(method) ?? null;
  const fixed = at.fixed.get(part);
  const found = fixed ? walk(fixed, parts, place + 1, method) : null;
  if (found !== null || at.any === null || part === "") return found;
  return walk(at.any, parts, place + 1, method);
}

/** More parts than any route has. */
const mostParts = 20;

/** One slash at the end says nothing. */
function partsOf(path: string): string[] {
  const trimmed = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  return trimmed.split("/", mostParts).slice(1);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
