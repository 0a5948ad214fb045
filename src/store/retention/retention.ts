import { day } from "../../core/base/durations.ts";
import type { Policy, Pruned, Retention } from "../../core/ports/retention.ts";
import type { Disk } from "../sqlite/disk.ts";
import { idAt } from "./id-at.ts";
import { agesOn } from "./lifetimes.ts";
import { type LifetimeParts, lifetimePruner } from "./prune-lifetimes.ts";
import { eventRemover, lossesOn, type LogPruner, type Removal, Walk } from "./prune-events.ts";
import { tenantPruner } from "./prune-tenants.ts";
import { heaviest, unprunable, weigher } from "./weight.ts";

/** Rows a slice removes: a few milliseconds of work. */
const slice = 500;
/** What is live only is worth nothing after this, and QR codes should not lie about. */
const liveKept = 10 * 60_000;
/** Sent messages answer retry receipts and repeated idempotency keys for so long, however short events are kept. */
const messagesKept = 14 * day;
/** Pages given back to the file system after a slice. */
const pages = 256;
/** Above every id. */
const anyId = "~";

export interface RetentionParts extends Omit<LifetimeParts, "newLog"> {
  /** Removes a slice of everybody's files that were last used before a moment. */
  pruneMedia: (at: number) => number;
  /** After contents were dropped. */
  tidy: () => Promise<void>;
}

export function retentionOn(disk: Disk, { pruneMedia, tidy, ...parts }: RetentionParts): Retention {
  const agesOf = agesOn(disk);
  const byLifetime = lifetimePruner(disk, { ...parts, newLog: () => logPruner(disk) });
  const byAge = agePruner(disk);
  const bySize = sizePruner(disk);
  const size = disk.prepare<{ bytes: number }, []>(
    `SELECT (page_count - freelist_count) * page_size AS bytes
     FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
  );
  const losses = lossesOn(disk);
  const byTenant = tenantPruner(disk, logPruner(disk));
  const fixed = unprunable(disk);
  return {
    prune: async (policy) => {
      const ages = agesOf({ events: policy.maxAge, history: policy.maxHistoryAge ?? Infinity });
      const aged = byAge({ ...policy, maxAge: ages.events, maxHistoryAge: ages.history });
      const lived = byLifetime(policy, ages);
      if (!lived.more) await tidy();
      const files = pruneMedia(policy.now - ages.history);
      const owned = byTenant(policy);
      // What waits to be sent is somebody's, but no reason to throw away what happened to others.
      const bytes = disk.read(() => (size.get()?.bytes ?? 0) - fixed());
      const sized = bySize(policy, bytes > policy.maxBytes);
      const rows = aged.rows + lived.rows + files + owned + sized.rows;
      if (rows > 0) disk.read(() => disk.db.run(`PRAGMA incremental_vacuum(${pages})`));
      const more = aged.more || lived.more || sized.more || rows > 0;
      return { rows, more, isSoonDue: ages.contentFree.length > 0 };
    },
    lost: async () => losses.list(),
    told: async (lost) => losses.forget(lost),
  };
}

function agePruner(disk: Disk): (policy: Policy) => Pruned {
  const live = disk.prepare<{ place: number }, [number]>(
    `SELECT place FROM event WHERE seq IS NULL AND device IS NOT NULL AND at < ? LIMIT ${slice}`,
  );
  const messages = disk.prepare<unknown, [number]>(
    `DELETE FROM message WHERE place IN (SELECT place FROM message WHERE updated_at < ?
       AND state IN ('sent', 'failed', 'cancelled') LIMIT ${slice})`,
  );
  const bulks = disk.prepare<unknown, [number]>(
    `DELETE FROM bulk WHERE place IN (SELECT place FROM bulk WHERE done_at < ?
       AND NOT EXISTS (SELECT 1 FROM message WHERE message.bulk = bulk.id) LIMIT ${slice})`,
  );
  const said = disk.prepare<unknown, [number]>(
    `DELETE FROM said WHERE place IN (SELECT place FROM said WHERE at < ? LIMIT ${slice})`,
  );
  const audit = disk.prepare<unknown, [string]>(
    `DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id < ? ORDER BY id LIMIT ${slice})`,
  );
  const remove = eventRemover(disk);
  const log = logPruner(disk);
  const traces = tracePruner(disk);
  const stale = (at: number, due: number) =>
    remove(
      live.all(at).map(({ place }) => place),
      { sparing: [], reason: null, due },
    );
  return ({ now, due, maxAge, maxHistoryAge = Infinity, maxAuditAge = Infinity, owedTo }) => {
    const works = [
      () => stale(now - liveKept, due),
      () => messages.run(now - messagesKept).changes,
      () => bulks.run(now - messagesKept).changes,
      () => said.run(now - maxHistoryAge).changes,
      () => audit.run(idAt(now - maxAuditAge)).changes,
    ];
    const old = log.prune(idAt(now - maxAge), { sparing: owedTo, reason: "it was too old: EVENT_RETENTION_DAYS", due });
    if (!old.more) traces();
    return { rows: works.reduce((rows, work) => rows + disk.relaxed(work), old.rows), more: old.more };
  };
}

/** What is known of deliveries whose events went. */
function tracePruner(disk: Disk): () => void {
  const delivered = disk.prepare("DELETE FROM delivered WHERE last <= (SELECT place FROM pruned)");
  const cursors = disk.prepare(
    `DELETE FROM cursor WHERE target LIKE 'webhook:%' AND place <= (SELECT place FROM pruned)
       AND NOT EXISTS (SELECT 1 FROM endpoint WHERE 'webhook:' || endpoint.id = cursor.target)`,
  );
  return () =>
    disk.relaxed(() => {
      delivered.run();
      cursors.run();
    });
}

/** What takes more room goes, events or what was said: the one is not to pay for the other. */
function sizePruner(disk: Disk): (policy: Policy, over: boolean) => Pruned {
  const oldestSaid = disk.prepare<unknown, [string]>(
    `DELETE FROM said WHERE place IN (SELECT place FROM said WHERE device = ? ORDER BY place LIMIT ${slice})`,
  );
  const owner = heaviest(disk);
  const weigh = weigher(disk);
  const log = logPruner(disk);
  return ({ maxBytes, due, owedTo }, over) => {
    if (!over) return log.restart();
    const { events, history } = disk.read(weigh);
    if (history > events) {
      const device = disk.read(() => owner("history_bytes"));
      return { rows: disk.relaxed(() => oldestSaid.run(device ?? "").changes), more: false };
    }
    const sparing = events > maxBytes / 2 ? [] : owedTo;
    // Whoever has most pays: who keeps within his share loses nothing to another.
    const tenant = disk.read(() => owner("event_bytes"));
    return log.prune(anyId, { sparing, reason: "there was no room for it: EVENT_RETENTION_MB", due }, tenant);
  };
}

/** Removes slice after slice of a log from its beginning, and notes from where on it is whole. */
function logPruner(disk: Disk): LogPruner {
  const walk = new Walk(disk);
  const remove = eventRemover(disk);
  const raise = disk.prepare<unknown, [number]>("UPDATE pruned SET place = max(place, ?)");
  const raiseOf = disk.prepare<unknown, [string, number]>(
    "INSERT INTO pruned_tenant VALUES (?, ?) ON CONFLICT DO UPDATE SET place = max(place, excluded.place)",
  );
  return {
    prune: (below: string, removal: Removal, tenant: string | null = null): Pruned =>
      disk.relaxed(() => {
        const places = walk.next(below, tenant);
        const rows = remove(places, removal);
        const last = places.at(-1) ?? 0;
        if (rows > 0 && tenant === null) raise.run(last);
        if (rows > 0 && tenant !== null) raiseOf.run(tenant, last);
        return { rows, more: places.length > 0 };
      }),
    restart: (): Pruned => {
      walk.restart();
      return { rows: 0, more: false };
    },
  };
}
