/// <reference lib="webworker" />
import { Database } from "bun:sqlite";
import type { Checkpointed } from "./checkpoints.ts";

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener("message", ({ data: file }: MessageEvent<string>) => {
  self.postMessage({ file, frames: copied(file) } satisfies Checkpointed, []);
});

/** Copies what is committed in the write-ahead log into the database; writers go on meanwhile. Says how long the log is. */
function copied(file: string): number {
  try {
    const db = new Database(file, { readwrite: true });
    try {
      return db.query<{ log: number }, []>("PRAGMA wal_checkpoint(PASSIVE)").get()?.log ?? 0;
    } finally {
      db.close();
    }
  } catch {
    return 0;
  }
}
