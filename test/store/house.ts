import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../src/core/base/failure.ts";
import type { DeviceRecord } from "../../src/core/ports/devices.ts";
import type { Hold } from "../../src/core/ports/hold.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { openStore, type StoreOptions } from "../../src/store/open.ts";
import { afterwards } from "../afterwards.ts";
import { HandClock } from "../clock.ts";
import { device } from "./rows.ts";

/** A folder that is gone after the test. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "merpati-"));
  afterwards(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A real store in a folder of its own; closed after the test. */
export async function house(
  options: Partial<StoreOptions> = {},
): Promise<{ store: Store; dir: string; clock: HandClock }> {
  const clock = new HandClock();
  const dir = options.dir ?? folder();
  const store = await openStore({ clock, targetsOf: () => [], durability: "normal", ...options, dir });
  afterwards(() => store.close());
  return { store, dir, clock };
}

/** A device with a hold on it. */
export async function held(store: Store, uid = "d1", changes: Partial<DeviceRecord> = {}): Promise<Hold> {
  await store.devices.create(device(uid, changes));
  return store.devices.hold(uid, new AbortController().signal);
}

/** Another handle on the store's file, to look or to do harm. */
export function raw(dir: string, file = "merpati.sqlite"): Database {
  const db = new Database(join(dir, file));
  afterwards(() => db.close());
  return db;
}

export { device, endpoint, known, outgoing, qr, received } from "./rows.ts";

/** What a call was refused with: `code: sentence`. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const outcome: unknown = await call.then(
    () => "it was not refused",
    (error: unknown) => error,
  );
  return outcome instanceof Failure ? `${outcome.code}: ${outcome.message}` : String(outcome);
}
