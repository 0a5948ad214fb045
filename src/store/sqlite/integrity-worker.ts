/// <reference lib="webworker" />
import { Database } from "bun:sqlite";
import type { Checked } from "./integrity.ts";

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener("message", ({ data: file }: MessageEvent<string>) => {
  self.postMessage({ damage: damageIn(file) } satisfies Checked, []);
});

/** Reads the file table by table: while it reads one, the write-ahead log cannot be begun anew. */
function damageIn(file: string): string | null {
  try {
    const db = new Database(file, { readonly: true });
    try {
      const tables = db
        .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
        .all();
      for (const { name } of tables) {
        const [found] = db.query<{ quick_check: string }, []>(`PRAGMA quick_check('${name}')`).all();
        if (found?.quick_check !== "ok") return `${name}: ${found?.quick_check}`;
      }
      return null;
    } finally {
      db.close();
    }
  } catch (error) {
    return String(error);
  }
}
