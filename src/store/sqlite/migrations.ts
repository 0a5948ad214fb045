import type { Database } from "bun:sqlite";
import { Failure } from "../../core/base/failure.ts";
import authority from "./schema/authority-step.sql" with { type: "text" };
import bot from "./schema/bot.sql" with { type: "text" };
import deviceGroup from "./schema/device-group-step.sql" with { type: "text" };
import indexStep from "./schema/index-step.sql" with { type: "text" };
import label from "./schema/label-step.sql" with { type: "text" };
import linksStep from "./schema/links-step.sql" with { type: "text" };
import listStep from "./schema/list-step.sql" with { type: "text" };
import once from "./schema/once-step.sql" with { type: "text" };
import outbox from "./schema/outbox-step.sql" with { type: "text" };
import queue from "./schema/queue.sql" with { type: "text" };
import queueStep from "./schema/queue-step.sql" with { type: "text" };
import proxy from "./schema/proxy.sql" with { type: "text" };
import person from "./schema/person-step.sql" with { type: "text" };
import rawStep from "./schema/raw-step.sql" with { type: "text" };
import repliesStep from "./schema/replies-step.sql" with { type: "text" };
import search from "./schema/search.sql" with { type: "text" };
import searchStep from "./schema/search-step.sql" with { type: "text" };
import shelves from "./schema/shelves-step.sql" with { type: "text" };
import usage from "./schema/usage.sql" with { type: "text" };
import usageStep from "./schema/usage-step.sql" with { type: "text" };
import webhookGroups from "./schema/webhook-groups-step.sql" with { type: "text" };
import wordsStep from "./schema/words-step.sql" with { type: "text" };
import lifetime from "./schema/lifetime.sql" with { type: "text" };
import seal from "./schema/seal.sql" with { type: "text" };
import stamp from "./schema/stamp.sql" with { type: "text" };
import vault from "./schema/vault.sql" with { type: "text" };

/** A kind of database file: how a new one is made and how an older one becomes it. */
export interface Schema {
  /** Names the kind in sentences. */
  readonly name: string;
  /** Makes version `steps.length + 1` in an empty file. */
  readonly latest: string;
  /** Step n makes version n + 2 out of version n + 1. A released step is never edited. */
  readonly steps: readonly string[];
}

export const botSchema: Schema = {
  name: "merpati.sqlite",
  latest: [bot, usage, search, queue, vault, stamp, seal, proxy, lifetime, indexStep].join("\n"),
  steps: [
    `${usageStep}\n${usage}`,
    wordsStep,
    `${searchStep}\n${search}`,
    authority,
    `${shelves}\n${search}`,
    `${queueStep}\n${queue}`,
    vault,
    outbox,
    person,
    repliesStep,
    stamp,
    rawStep,
    seal,
    listStep,
    proxy,
    lifetime,
    linksStep,
    deviceGroup,
    webhookGroups,
    label,
    indexStep,
    once,
  ],
};

/** Brings a file to the latest version, each step in its own transaction; a newer one is left alone and refused. */
export function migrate(db: Database, schema: Schema): void {
  const latest = schema.steps.length + 1;
  const version = versionOf(db);
  if (version > latest) {
    throw new Failure(
      "unavailable",
      `${schema.name} was written by a newer Merpati (schema ${version}; this one knows ${latest}). ` +
        "Start that newer version, or put back the backup made before the upgrade.",
    );
  }
  if (version === 0) run(db, schema.latest, latest);
  else schema.steps.slice(version - 1).forEach((step, index) => run(db, step, version + 1 + index));
}

export function versionOf(db: Database): number {
  return db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}

function run(db: Database, sql: string, version: number): void {
  db.transaction(() => {
    db.run(sql);
    db.run(`PRAGMA user_version = ${version}`);
  }).immediate();
}
