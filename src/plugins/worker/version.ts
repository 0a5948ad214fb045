import { breathe } from "../../core/base/breathe.ts";
import type { PluginDefinition } from "../../sdk/index.ts";
import { problemOf } from "../contract/place.ts";
import type { Manifest, Problem, Registered, Work } from "../contract/protocol.ts";
import { makeBot } from "./bot.ts";
import { HandlerDispatch } from "./dispatch.ts";
import { type Beat, current, forgetCalls, type Invocation, post } from "./rpc.ts";
import { importFailure, manifestOf } from "./manifest.ts";
import { Registry } from "./registry.ts";

/**
 * One version of the plugin in this thread: its modules and everything it opened, which end with it. Whatever of it
 * runs is run through the graph, so that timers, sockets and errors are known to be its own.
 */
export class PluginVersion {
  readonly #graph: Bun.ModuleGraph;
  readonly #registry: Registry;
  #definition: PluginDefinition | null = null;
  #dispatch: HandlerDispatch | null = null;

  constructor(
    readonly root: string,
    readonly beat: Beat,
  ) {
    beat.reset();
    this.#registry = new Registry(beat, root);
    this.#graph = new Bun.ModuleGraph({
      onError: (thrown) => post({ type: "fell", as: "crash", problem: problemOf(thrown, root) }),
    });
  }

  async load(file: string): Promise<Manifest> {
    const module = await this.#graph.import<{ default?: unknown }>(file).catch((thrown: unknown) => {
      throw importFailure(thrown, file);
    });
    const manifest = manifestOf(module.default, file);
    this.#definition = module.default as PluginDefinition;
    return manifest;
  }

  async setUp(config: unknown): Promise<Registered> {
    const definition = this.#definition;
    if (!definition) throw new Error("load comes first");
    const bot = makeBot(definition.name, config, this.#registry);
    const site = this.#registry.site("setup");
    await this.#graph.run(() => this.beat.enter(site, () => definition.setup(bot as never)));
    this.#dispatch = new HandlerDispatch(this.#registry, definition.texts ?? {});
    return this.#registry.described(definition.name);
  }

  async perform(id: number, work: Work): Promise<void> {
    const job: Invocation = { id, cause: causeOf(work), event: work.kind === "event" ? work.event : null, sends: 0 };
    try {
      const value = await this.#graph.run(() => current.run(job, () => this.#dispatch?.run(work)));
      post({ type: "done", job: id, value: value ?? null });
    } catch (thrown) {
      post({ type: "failed", job: id, problem: problemOf(thrown, this.root) });
    }
  }

  /** Closes what it opened, `well` after the plugin was asked to. What went wrong at that, or null. */
  async close(well: boolean): Promise<Problem | null> {
    let problem: Problem | null = null;
    for (const { site, handler } of well ? this.#registry.closings.toReversed() : []) {
      try {
        await this.#graph.run(() => this.beat.enter(site, handler));
      } catch (thrown) {
        problem ??= problemOf(thrown, this.root);
      }
    }
    this.#graph.dispose();
    forgetCalls();
    // What it had queued still runs, once.
    await breathe();
    return problem;
  }
}

/** Names the cause of everything sent meanwhile; the same after a crash. */
function causeOf(work: Work): string {
  if (work.kind === "event") return work.match.by === "burst" ? `${work.event.id}-burst` : work.event.id;
  return work.kind === "schedule" ? `every-${work.index}-${work.at}` : crypto.randomUUID();
}
