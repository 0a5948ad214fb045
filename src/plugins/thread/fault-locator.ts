import { PluginFault } from "../contract/fault.ts";
import { place } from "../contract/place.ts";
import type { Problem, Registered, Site, Work } from "../contract/protocol.ts";
import type { FaultKind } from "../contract/services.ts";

/** Puts a fault where in the plugin's files it belongs. */
export class FaultLocator {
  /** Known once `setup` has run. */
  registered: Registered | null = null;

  constructor(
    readonly file: string,
    readonly root: string,
  ) {}

  /** The handler with this number in the beat. */
  site(index: number): Site | null {
    return this.registered?.sites[index] ?? null;
  }

  siteOf(work: Work): Site | null {
    const { schedules = [], routes = [], sites = [] } = this.registered ?? {};
    const named = (what: string) => sites.find((site) => site.what === what) ?? null;
    if (work.kind === "schedule") return named(`every ${schedules[work.index]?.cron}`);
    if (work.kind === "http") return named(`http ${routes[work.index]?.method} ${routes[work.index]?.path}`);
    if (work.kind === "outgoing") return named("outgoing");
    if (work.match.by === "command") return named(`command ${work.match.command}`);
    if (work.match.by === "answer") return named(`answer ${work.match.name}`);
    if (work.match.by === "burst") return named("burst");
    return sites.find((site) => site.what.startsWith("on ")) ?? null;
  }

  fault(kind: FaultKind, message: string, site: Site | null = null): PluginFault {
    const where = site === null ? "" : `${site.what} `;
    const problem = { message: `${where}${message}`, file: site?.file ?? this.file, line: site?.line ?? null };
    return new PluginFault(kind, problem);
  }

  /** A stack without the plugin's own frame (a tail call leaves none) is placed where the handler was registered. */
  placed(kind: FaultKind, problem: Problem, site: Site | null): PluginFault {
    if (problem.file !== null) return new PluginFault(kind, problem);
    return new PluginFault(kind, { ...problem, file: site?.file ?? this.file, line: site?.line ?? null });
  }

  /** What the runtime printed of a worker that fell over. */
  crash(text: string, site: Site | null): PluginFault {
    const lines = text.split("\n").map((line) => line.trim());
    const said = lines.find((line) => /^(?:\w*[Ee]rror|error): /.test(line)) ?? lines.find(Boolean) ?? "crashed";
    const message = said.replace(/^error: /, "").slice(0, 500);
    return this.placed("crash", { message, ...place(text, this.root) }, site);
  }
}
