import { SignedLinks } from "../access/signed-links.ts";
import type { Clock } from "../base/clock.ts";

/** The ceremony that a link is for, and nothing else of its device. */
export interface LinkedPasskey {
  tenant: string;
  device: string;
  /** The key that made the link, with which it ends. */
  key: string;
  /** The attempt. */
  ceremony: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** How long a link is good, seconds: WhatsApp waits no longer for a signature. */
const lifetime = 600;

/** Links to one ceremony with a passkey, for owners who have no key. */
export class PasskeyLinks {
  readonly #links: SignedLinks;

  constructor(clock: Clock) {
    this.#links = new SignedLinks(clock);
  }

  /** A token made with the key of that id. */
  sign({ tenant, device, key, ceremony }: Omit<LinkedPasskey, "expiresAt">): { token: string; expiresAt: number } {
    return this.#links.sign([tenant, device, key, ceremony], lifetime);
  }

  /** Throws `unauthorized` for a token that is not ours, `gone` for one that was. */
  read(token: string): LinkedPasskey {
    const { words, expiresAt } = this.#links.read(token);
    const [tenant = "", device = "", key = "", ceremony = ""] = words;
    return { tenant, device, key, ceremony, expiresAt };
  }
}
