import { ChangeWatch } from "../../base/change-watch.ts";
import type { Clock } from "../../base/clock.ts";
import type { Watchers } from "../../base/watchers.ts";
import type { Hold } from "../../ports/hold.ts";
import type { Batch } from "../../ports/ledger.ts";
import type { Store } from "../../ports/store.ts";
import { endOfAlbum, filesOf } from "./albums.ts";

/** Between two looks at what became of a device's albums. */
const pauseMs = 50;

export interface AlbumWatchPorts {
  store: Store;
  clock: Clock;
  /** Of the device. */
  changes: Watchers;
  /** Writes, in a turn of its own. */
  record(batch: Batch): Promise<void>;
}

/** Ends the albums of a device: one is `sent` once all of its files are, and `failed` when one of them failed. */
export class AlbumWatch {
  readonly #ports: AlbumWatchPorts;
  readonly #hold: Hold;

  constructor(ports: AlbumWatchPorts, hold: Hold) {
    this.#ports = ports;
    this.#hold = hold;
  }

  begin(): void {
    const { signal } = this.#hold;
    new ChangeWatch({ ...this.#ports, signal }, pauseMs, () => this.#look()).begin();
  }

  async #look(): Promise<void> {
    const { store, clock } = this.#ports;
    for (const album of await store.messages.announced(this.#hold.device)) {
      const end = endOfAlbum(album, await filesOf(album, store.messages), clock.now());
      if (end) await this.#ports.record(end);
    }
  }
}
