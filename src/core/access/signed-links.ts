import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { monotonicWallClock } from "../base/monotonic-wall-clock.ts";
import { sameHash } from "./keys.ts";

/** Signs short-lived links for one purpose, for those who have no key. Without a secret of one's own a restart voids them. */
export class SignedLinks {
  readonly #secret: Uint8Array;
  readonly #now: () => number;

  constructor(clock: Clock, secret: Uint8Array = randomBytes(32)) {
    this.#secret = secret;
    // A clock that is set back brings no link back to life.
    this.#now = monotonicWallClock(clock);
  }

  /** A token good for `seconds` that says these words. */
  sign(words: readonly string[], seconds: number): { token: string; expiresAt: number } {
    const expiresAt = this.#now() + seconds * 1_000;
    const said = Buffer.from(JSON.stringify([expiresAt, ...words])).toString("base64url");
    return { token: `${said}.${this.#signature(said)}`, expiresAt };
  }

  /** What a token says. Throws `unauthorized` for one that is not ours, `gone` for one that was. */
  read(token: string): { words: readonly string[]; expiresAt: number } {
    const [said = "", signature = ""] = token.split(".");
    if (!sameHash(this.#signature(said), signature))
      throw new Failure("unauthorized", "This link is not valid: ask for a new one.");
    const [expiresAt, ...words] = JSON.parse(Buffer.from(said, "base64url").toString()) as [number, ...string[]];
    if (expiresAt <= this.#now()) throw new Failure("gone", "This link has expired: ask for a new one.");
    return { words, expiresAt };
  }

  #signature(said: string): string {
    return createHmac("sha256", this.#secret).update(said).digest("hex");
  }
}
