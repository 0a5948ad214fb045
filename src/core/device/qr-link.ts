import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { monotonicWallClock } from "../base/monotonic-wall-clock.ts";
import { sameHash } from "../access/keys.ts";

/** The device whose linking a link shows, and nothing else of it. */
export interface LinkedQr {
  tenant: string;
  device: string;
  /** The key that made the link, with which it ends. */
  key: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Signs short-lived links to one device's QR, for pages that have no key. A restart voids them. */
export class QrLinks {
  readonly #secret = randomBytes(32);
  readonly #now: () => number;

  constructor(clock: Clock) {
    // A clock that is set back brings no link back to life.
    this.#now = monotonicWallClock(clock);
  }

  /** A token good for `seconds`, made with the key of that id. */
  sign({ tenant, device, key }: Omit<LinkedQr, "expiresAt">, seconds: number): { token: string; expiresAt: number } {
    const expiresAt = this.#now() + seconds * 1_000;
    const said = Buffer.from(JSON.stringify([tenant, device, expiresAt, key])).toString("base64url");
    return { token: `${said}.${this.#signature(said)}`, expiresAt };
  }

  /** Throws `unauthorized` for a token that is not ours, `gone` for one that was. */
  read(token: string): LinkedQr {
    const [said = "", signature = ""] = token.split(".");
    if (!sameHash(this.#signature(said), signature))
      throw new Failure("unauthorized", "This link is not valid: ask for a new one.");
    const [tenant, device, expiresAt, key] = JSON.parse(Buffer.from(said, "base64url").toString()) as [
      string,
      string,
      number,
      string,
    ];
    if (expiresAt <= this.#now()) throw new Failure("gone", "This link has expired: ask for a new one.");
    return { tenant, device, key, expiresAt };
  }

  #signature(said: string): string {
    return createHmac("sha256", this.#secret).update(said).digest("hex");
  }
}
