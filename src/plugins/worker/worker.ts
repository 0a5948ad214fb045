/** The thread the versions of a plugin live in, one after the other: loads the file, runs its `setup`, hands it work. */
import { plugin as virtual } from "bun";
import { heapSize } from "bun:jsc";
import * as sdk from "../../sdk/index.ts";
import { problemOf } from "../contract/place.ts";
import type { ToWorker } from "../contract/protocol.ts";
import { fence } from "./fence.ts";
import { answered, Beat, post, refused } from "./rpc.ts";
import { PluginVersion } from "./version.ts";

virtual({
  name: "merpati",
  setup: (build) => void build.module("merpati", () => ({ exports: { ...sdk }, loader: "object" })),
});

/** Bytes of heap that an empty thread may have: a version that leaves more keeps something where we do not see it. */
const most = 32 * 1024 * 1024;

const beat = new Beat();
let root = "";
let version: PluginVersion | null = null;
let isClean = (): boolean => false;

async function hear(message: ToWorker): Promise<void> {
  switch (message.type) {
    case "begin":
      root = message.root;
      beat.start(message.beat, heapSize);
      isClean = fence(root);
      return;
    case "load":
      version = new PluginVersion(root, beat);
      return post({ type: "loaded", manifest: await version.load(message.file) });
    case "setup":
      if (version) post({ type: "ready", registered: await version.setUp(message.config) });
      return;
    case "work":
      return version?.perform(message.job, message.work);
    case "answer":
      return answered(message.call, message.value);
    case "refuse":
      return refused(message.call, message.code, message.message);
    case "empty": {
      const problem = (await version?.close(message.closing)) ?? null;
      version = null;
      // One that is at fault is ended anyway.
      if (message.closing) Bun.gc(true);
      return post({ type: "emptied", clean: isClean() && heapSize() < most, problem });
    }
  }
}

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  hear(data).catch((thrown: unknown) => post({ type: "broken", problem: problemOf(thrown, root) }));
});
