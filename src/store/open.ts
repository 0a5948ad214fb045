import { join } from "node:path";
import { chmodSync } from "node:fs";
import type { Clock } from "../core/base/clock.ts";
import { monotonicWallClock } from "../core/base/monotonic-wall-clock.ts";
import { homeTenant } from "../core/ports/tenants.ts";
import type { Store } from "../core/ports/store.ts";
import { contactHistoryOn, contactHistoryWriter, type HomeOf, KnownContacts } from "./outbox/contact-history.ts";
import { auditOn } from "./access/audit.ts";
import { BulkRows } from "./outbox/bulk-rows.ts";
import { bulkChanger, bulksOn } from "./outbox/bulks.ts";
import { DeliveredLog } from "./events/delivered.ts";
import { deliveriesOn } from "./events/deliveries.ts";
import { deliveryLogOn } from "./events/delivery-log.ts";
import { type ChangeDevice, deviceChanger, devicesOn } from "./devices/devices.ts";
import { Disk, type DiskOptions, type Durability } from "./sqlite/disk.ts";
import { endpointsOn } from "./events/endpoints.ts";
import { proxiesOn } from "./devices/proxies.ts";
import { contentDropper } from "./chats/content-free.ts";
import { lifetimesOn } from "./retention/lifetimes.ts";
import { forgetDevice } from "./devices/forget.ts";
import { figuresOn } from "./retention/figures.ts";
import { contactsOn, contactWriter } from "./chats/contacts.ts";
import { historyOn, historyWriter } from "./chats/history.ts";
import { browserSessionsOn } from "./access/browser-sessions.ts";
import { Integrity } from "./sqlite/integrity.ts";
import { keysOn } from "./access/keys.ts";
import { ledgerOn, type TargetsOf } from "./events/ledger.ts";
import { labelsOn } from "./chats/labels.ts";
import { lockFolder } from "./sqlite/lock.ts";
import { MediaFiles } from "./chats/media-files.ts";
import { mediaOn, mediaPruner, mediaWriter } from "./chats/media.ts";
import { inserter } from "./outbox/queue.ts";
import { queueRoom } from "./outbox/queue-room.ts";
import { messageChanger, messagesOn } from "./outbox/messages.ts";
import { Checkpoints } from "./sqlite/checkpoints.ts";
import { botSchema } from "./sqlite/migrations.ts";
import { type NamesOf, namesOn } from "./chats/names.ts";
import { LogDeliveries } from "./events/log-deliveries.ts";
import { personsOn, personWriter } from "./chats/persons.ts";
import { probeOn } from "./retention/probe.ts";
import { pluginDataOn } from "./access/plugin-data.ts";
import { retentionOn } from "./retention/retention.ts";
import { usageOn } from "./access/usage.ts";
import { assertDatabaseThere, Stamp } from "./sqlite/stamp.ts";
import { tenantsOn } from "./access/tenants.ts";
import { mergeDeviceFiles, type MergeStep } from "./devices/merge.ts";
import { vaultWriter } from "./devices/vault-writer.ts";
import { vaultsOn } from "./devices/vaults.ts";
import type { OwnerKey } from "./seal/envelope.ts";
import type { Flush } from "./sqlite/wal.ts";

export interface StoreOptions {
  /** The data folder, usually `sessions/`. */
  dir: string;
  clock: Clock;
  /** Who is owed an event; asked before the transaction that writes it. */
  targetsOf: TargetsOf;
  durability?: Durability;
  /** How many messages of one device may wait to be sent. */
  queueLimit?: number | undefined;
  /** False for a short look beside a running server, which holds the folder's lock. */
  exclusive?: boolean;
  /** Refuse to grow a file beyond this many pages of 4 KB, as a full disk would; for a folder with a quota. */
  maxPages?: number | undefined;
  /** In the place of the disk's own way, for tests. */
  flush?: Flush | undefined;
  /** Asked for the operator's key when the store is sealed. */
  ownerKey?: OwnerKey | undefined;
  /** Makes the keys of an older copy fit to be used again: then the store is taken, however old it is. */
  afterRestore?: ((dir: string) => void) | undefined;
  /** Called at each step of taking over the files of former versions, for tests. */
  merging?: ((step: MergeStep) => void) | undefined;
}

/**
 * Opens the data folder and makes what is missing in it. Throws `Failure("unavailable")` whose sentence says what to
 * do: another process holds the folder, a file is damaged or newer than this program, the disk refuses.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dir, durability = "full", maxPages, flush, ownerKey, exclusive = true } = options;
  const unlock = exclusive ? lockFolder(dir) : (): void => {};
  let opened: Disk | undefined;
  try {
    const files = { durability, maxPages, flush, ownerKey, checkpoints: new Checkpoints() };
    if (exclusive) assertDatabaseThere(dir);
    const disk = (opened = Disk.open(join(dir, "merpati.sqlite"), botSchema, files));
    chmodSync(dir, 0o700);
    if (exclusive) await mergeDeviceFiles(disk, dir, options.clock, options.merging);
    if (!exclusive) return await storeOn(disk, files, options, unlock);
    options.afterRestore?.(dir);
    const stamp = await Stamp.begin(disk, dir, options.afterRestore !== undefined);
    return await storeOn(disk, files, options, unlock, stamp);
  } catch (error) {
    await opened?.close().catch(() => {});
    unlock();
    throw error;
  }
}

/** The tenant of a bot that knows no others. */
async function ensureHomeTenant(disk: Disk, clock: Clock): Promise<void> {
  await disk.write(() =>
    disk.db.run("INSERT OR IGNORE INTO tenant (id, name, created_at) VALUES (?, 'Default', ?)", [
      homeTenant,
      clock.now(),
    ]),
  );
}

function isLinkedOn(disk: Disk): (uid: string) => boolean {
  const account = disk.prepare<{ linked: number }, [string]>(
    "SELECT account IS NOT NULL AS linked FROM device WHERE uid = ?",
  );
  return (uid) => disk.read(() => account.get(uid)?.linked === 1);
}

const homeOf =
  (names: NamesOf): HomeOf =>
  (device, jid) =>
    names(device, jid)[0];

/** What a batch may hold besides events and the device; inside its transaction. */
const writersOn = (disk: Disk, names: NamesOf, clock: Clock, known: KnownContacts) => ({
  message: messageChanger(disk),
  bulk: bulkChanger(disk),
  history: historyWriter(disk, names, clock),
  media: mediaWriter(disk),
  contact: contactWriter(disk, names),
  person: personWriter(disk, names),
  acquaintance: contactHistoryWriter(disk, homeOf(names), known),
});

/** What is owed to targets, and what became of it. */
function queueOn(disk: Disk): Pick<Store, "deliveries" | "deliveryLog" | "figures"> {
  const delivered = new DeliveredLog(disk);
  const fromLog = new LogDeliveries(disk, delivered);
  return {
    deliveries: deliveriesOn(disk, delivered),
    deliveryLog: deliveryLogOn(disk, fromLog, delivered),
    figures: figuresOn(disk, (target) => fromLog.backlog(target)),
  };
}
const fleetOn = (disk: Disk, ...given: [ChangeDevice, (uid: string) => Promise<void>]) => ({
  devices: devicesOn(disk, ...given),
  proxies: proxiesOn(disk),
});
const peopleOn = (disk: Disk, names: NamesOf) => ({
  contacts: contactsOn(disk, names),
  persons: personsOn(disk, names),
});

/** What is to be sent. */
function outboxOn(disk: Disk, names: NamesOf, queueLimit: number) {
  const known = new KnownContacts(disk, names);
  const needRoom = queueRoom(disk, queueLimit);
  const home = homeOf(names);
  const insert = inserter(disk, home);
  const bulkRows = new BulkRows(disk, insert);
  return {
    bulkRows,
    known,
    messages: messagesOn(disk, needRoom, insert, home),
    bulks: bulksOn(disk, needRoom, bulkRows, names),
    contactHistory: contactHistoryOn(disk, home, known),
  };
}

/** How long things stay, and what goes. */
function retentionFor(disk: Disk, prune: ReturnType<typeof mediaPruner>): Pick<Store, "retention" | "lifetimes"> {
  const { walk, tidy } = contentDropper(disk, prune.olderOf);
  const parts = { pruneMedia: prune.older, forgetFiles: prune.olderOf, dropContents: walk, tidy };
  return { retention: retentionOn(disk, parts), lifetimes: lifetimesOn(disk) };
}

async function storeOn(
  disk: Disk,
  files: DiskOptions,
  { dir, clock, targetsOf, queueLimit = 10_000, exclusive = true }: StoreOptions,
  unlock: () => void,
  stamp?: Stamp,
): Promise<Store> {
  const changeDevice = deviceChanger(disk);
  await ensureHomeTenant(disk, clock);
  const media = new MediaFiles(join(dir, "media"), disk.seal.files);
  const prune = mediaPruner(disk, media);
  const names = namesOn(disk);
  const linked = isLinkedOn(disk);
  const vault = vaultWriter(disk, clock);
  const forget = forgetDevice(disk, dir, prune.ofDevice, () => names.changed());
  const audit = auditOn(disk);
  const { bulkRows, known, ...outbox } = outboxOn(disk, names, queueLimit);
  const probe = probeOn(disk);
  const integrity = new Integrity(disk);
  if (exclusive) await bulkRows.resume();
  return {
    tenants: tenantsOn(disk),
    keys: keysOn(disk),
    browserSessions: browserSessionsOn(disk),
    audit,
    ...fleetOn(disk, changeDevice, forget),
    ledger: ledgerOn({ disk, clock, targetsOf, changeDevice, vault, ...writersOn(disk, names, clock, known) }),
    ...queueOn(disk),
    endpoints: endpointsOn(disk, clock),
    ...retentionFor(disk, prune),
    ...outbox,
    history: historyOn(disk, { names, forgetFiles: prune.named, due: monotonicWallClock(clock) }),
    labels: labelsOn(disk, names),
    media: mediaOn(disk, media),
    ...peopleOn(disk, names),
    pluginData: pluginDataOn(disk, clock),
    usage: usageOn(disk),
    probe: async () => {
      integrity.assertWhole();
      await probe();
    },
    check: () => integrity.check(),
    vaults: vaultsOn({
      dir,
      disk,
      write: vault,
      linked,
      unlink: (uid) => disk.write(() => void changeDevice(uid, { account: null })),
    }),
    close: async () => {
      // A count that is not written is no reason to fail.
      await audit.flush().catch(() => {});
      integrity.close();
      const settle = stamp?.end();
      await disk.close();
      settle?.();
      files.checkpoints.close();
      unlock();
    },
  };
}
