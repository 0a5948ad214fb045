import { SignedLinks } from "../access/signed-links.ts";
import type { Clock } from "../base/clock.ts";

/** The device whose linking a link shows, and nothing else of it. */
export interface LinkedQr {
  tenant: string;
  device: string;
  /** The key that made the link, with which it ends. */
  key: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Links to one device's QR, for pages that have no key. */
export class QrLinks {
  readonly #links: SignedLinks;

  constructor(clock: Clock) {
    this.#links = new SignedLinks(clock);
  }

  /** A token good for `seconds`, made with the key of that id. */
  sign({ tenant, device, key }: Omit<LinkedQr, "expiresAt">, seconds: number): { token: string; expiresAt: number } {
    return this.#links.sign([tenant, device, key], seconds);
  }

  /** Throws `unauthorized` for a token that is not ours, `gone` for one that was. */
  read(token: string): LinkedQr {
    const { words, expiresAt } = this.#links.read(token);
    const [tenant = "", device = "", key = ""] = words;
    return { tenant, device, key, expiresAt };
  }
}
