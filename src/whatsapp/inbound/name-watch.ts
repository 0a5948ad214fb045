import { dropOldest } from "../../core/base/drop-oldest.ts";
import { jidOfPhone, type SeenNames } from "../../core/model/person.ts";

const mostRemembered = 20_000;

export interface NameWatchPorts {
  /** Tells who is who. */
  report(names: readonly SeenNames[]): void;
  /** Keeps two names of one person for whoever encrypts and addresses. */
  learn(lid: string, phoneJid: string): Promise<void>;
}

/** Hears of each pair of names once a connection, and again when it is not the same any more. */
export class NameWatch {
  readonly #told = new Map<string, string>();
  readonly #ports: NameWatchPorts;

  constructor(ports: NameWatchPorts) {
    this.#ports = ports;
  }

  saw(names: readonly SeenNames[]): void {
    if (names.length === 0) return;
    const fresh = names.filter((seen) => this.#isFresh(seen));
    if (fresh.length === 0) return;
    this.#ports.report(fresh);
    for (const { phone, lid } of fresh) {
      // Not learned: the next connection sees it again.
      if (phone && lid) this.#ports.learn(lid, jidOfPhone(phone)).catch(() => {});
    }
  }

  #isFresh({ phone = null, lid = null, username = null, dropsUsername }: SeenNames): boolean {
    if (dropsUsername) return true;
    const all = `${phone}|${lid}|${username}`;
    let isFresh = false;
    for (const name of [phone, lid]) {
      if (name === null || this.#told.get(name) === all) continue;
      isFresh = true;
      this.#told.set(name, all);
    }
    dropOldest(this.#told, mostRemembered);
    return isFresh;
  }
}
