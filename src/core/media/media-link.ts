import { SignedLinks } from "../access/signed-links.ts";
import { day } from "../base/durations.ts";
import type { Clock } from "../base/clock.ts";

/** The file that a link shows, and nothing else. */
export interface LinkedFile {
  tenant: string;
  media: string;
  /** The key that made the link, with which it ends. */
  key: string;
  /** Nobody asked for it: it came in an answer, and ends when its tenant wants no such links. */
  isGiven: boolean;
}

/** How long a link in an event or a message holds, seconds. */
export const givenFor = day / 1_000;

/** Links to one file, for an `<img>` and for services that have no key. */
export class MediaLinks {
  readonly #links: SignedLinks;

  constructor(clock: Clock) {
    this.#links = new SignedLinks(clock);
  }

  /** A token good for `seconds`, made with the key of that id. */
  sign({ tenant, media, key, isGiven }: LinkedFile, seconds: number): { token: string; expiresAt: number } {
    return this.#links.sign([tenant, media, key, isGiven ? "given" : "asked"], seconds);
  }

  /** Throws `unauthorized` for a token that is not ours, `gone` for one that was. */
  read(token: string): LinkedFile {
    const [tenant = "", media = "", key = "", how] = this.#links.read(token).words;
    return { tenant, media, key, isGiven: how === "given" };
  }
}
