/** The thread that a version of a plugin runs in: loads the file, runs its `setup`, hands it work. */
import { plugin as virtual } from "bun";
import { heapSize } from "bun:jsc";
import * as sdk from "../../sdk/index.ts";
import { problemOf } from "../contract/place.ts";
import type { ToWorker } from "../contract/protocol.ts";
import { fence } from "./fence.ts";
import { answered, Beat, post, refused } from "./rpc.ts";
import { withholdSystem } from "./powers.ts";
import { PluginVersion } from "./version.ts";

virtual({
  name: "merpati",
  setup: (build) => void build.module("merpati", () => ({ exports: { ...sdk }, loader: "object" })),
});

const beat = new Beat();
let root = "";
let version: PluginVersion | null = null;

async function hear(message: ToWorker): Promise<void> {
  switch (message.type) {
    case "begin":
      root = message.root;
      beat.start(message.beat, heapSize);
      fence(root);
      return;
    case "load":
      if (!message.system) withholdSystem();
      version = new PluginVersion(root, beat);
      return post({ type: "loaded", manifest: await version.load(message.file) });
    case "setup":
      if (version) post({ type: "ready", registered: await version.setUp(message.config) });
      return;
    case "work":
      return version?.perform(message.job, message.work);
    case "watched":
      return;
    case "answer":
      return answered(message.call, message.value);
    case "refuse":
      return refused(message.call, message.code, message.message);
    case "close":
      return post({ type: "closed", problem: (await version?.close(message.closing)) ?? null });
  }
}

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.type !== "begin") beat.turn();
  hear(data).catch((thrown: unknown) => post({ type: "broken", problem: problemOf(thrown, root) }));
});
