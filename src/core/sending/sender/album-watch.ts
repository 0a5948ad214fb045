import { ChangeWatch } from "../../base/change-watch.ts";
import type { Clock } from "../../base/clock.ts";
import type { Watchers } from "../../base/watchers.ts";
import type { Hold } from "../../ports/hold.ts";
import type { Batch } from "../../ports/ledger.ts";
import type { Store } from "../../ports/store.ts";
import type { Message } from "../../model/message/message.ts";
import type { MessageEffects } from "../../policy/message-effects.ts";
import { endOfAlbum, filesOf, isAnnouncedAlbum } from "./albums.ts";

/** Between two looks at what became of a device's albums. */
const pauseMs = 50;

export interface AlbumWatchPorts {
  store: Store;
  clock: Clock;
  /** Of the device. */
  changes: Watchers;
  /** Writes what `look` finds, in a turn of its own: nothing else happens to the device meanwhile. */
  decide(look: () => Promise<Batch | null>): Promise<void>;
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
    const { messages } = this.#ports.store;
    for (const album of await messages.announced(this.#hold.device)) {
      if ((await this.#endOf(album)) === null) continue;
      // A receipt may have come since: it is told behind what it is about.
      await this.#ports.decide(async () => {
        const present = await messages.byWaId(album.device, album.waId);
        return present && isAnnouncedAlbum(present) ? this.#endOf(present) : null;
      });
    }
  }

  async #endOf(album: Message): Promise<MessageEffects | null> {
    const { store, clock } = this.#ports;
    return endOfAlbum(album, await filesOf(album, store.messages), clock.now());
  }
}
