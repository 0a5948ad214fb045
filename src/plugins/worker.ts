/** The thread a plugin lives in: loads its file, runs its `setup`, hands it work. Nothing here outlives the plugin. */
import { plugin as virtual } from "bun";
import { heapSize } from "bun:jsc";
import * as sdk from "../sdk.ts";
import { problemOf } from "./place.ts";
import type { ToWorker, Work } from "./protocol.ts";
import { makeBot } from "./worker/bot.ts";
import { Dispatch } from "./worker/dispatch.ts";
import { fence } from "./worker/fence.ts";
import { answered, Beat, current, type Job, post, refused } from "./worker/link.ts";
import { manifestOf } from "./worker/manifest.ts";
import { Registry } from "./worker/registry.ts";

virtual({
  name: "merpati",
  setup: (build) => void build.module("merpati", () => ({ exports: { ...sdk }, loader: "object" })),
});

const beat = new Beat();
let root = "";
let definition: sdk.PluginDefinition | null = null;
let dispatch: Dispatch | null = null;

async function load(file: string): Promise<void> {
  const module = (await import(file)) as { default?: unknown };
  const manifest = manifestOf(module.default, file);
  definition = module.default as sdk.PluginDefinition;
  post({ type: "loaded", manifest });
}

async function setUp(config: unknown): Promise<void> {
  if (!definition) return;
  const registry = new Registry(beat, root);
  const site = registry.site("setup");
  await beat.enter(site, () => definition?.setup(makeBot(definition.name, config, registry) as never));
  dispatch = new Dispatch(registry, definition.texts ?? {});
  post({ type: "ready", registered: registry.described(definition.name) });
}

/** Names the cause of everything sent meanwhile; the same after a crash. */
function causeOf(work: Work): string {
  if (work.kind === "event") return work.event.id;
  return work.kind === "schedule" ? `every-${work.index}-${work.at}` : crypto.randomUUID();
}

async function perform(id: number, work: Work): Promise<void> {
  const job: Job = { id, cause: causeOf(work), event: work.kind === "event" ? work.event : null, sends: 0 };
  try {
    post({ type: "done", job: id, value: (await current.run(job, () => dispatch?.run(work))) ?? null });
  } catch (thrown) {
    post({ type: "failed", job: id, problem: problemOf(thrown, root) });
  }
}

async function hear(message: ToWorker): Promise<void> {
  switch (message.type) {
    case "load":
      root = message.root;
      fence(root);
      beat.start(message.beat, heapSize);
      return load(message.file);
    case "setup":
      return setUp(message.config);
    case "work":
      return perform(message.job, message.work);
    case "answer":
      return answered(message.call, message.value);
    case "refuse":
      return refused(message.call, message.code, message.message);
  }
}

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  hear(data).catch((thrown: unknown) => post({ type: "broken", problem: problemOf(thrown, root) }));
});
