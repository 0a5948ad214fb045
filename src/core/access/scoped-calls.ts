import { Failure } from "../base/failure.ts";
import type { Scope } from "../model/scopes.ts";

/** Every API call answers within ten seconds, whatever WhatsApp does. */
const answerMs = 9_000;

type Calls<T> = { [K in keyof T]: (...given: never[]) => Promise<unknown> };

/**
 * The same calls, each behind its scope, on the connection that is open when it is made, and answered in time.
 * `open` throws when there is none.
 */
export function scopedCalls<T extends Calls<T>>(
  scopes: Record<keyof T, Scope>,
  need: (scope: Scope) => void,
  open: () => T,
  after: (ms: number, work: () => void) => () => void,
): T {
  const names = Object.keys(scopes) as (keyof T)[];
  const guarded = names.map((name) => [
    name,
    async (...given: never[]) => {
      need(scopes[name]);
      const calls = open();
      const { promise: late, reject } = Promise.withResolvers<never>();
      const cancel = after(answerMs, () =>
        reject(new Failure("timeout", "WhatsApp did not answer in time; whether it was done is not known.")),
      );
      return Promise.race([calls[name](...given), late]).finally(cancel);
    },
  ]);
  return Object.fromEntries(guarded) as T;
}
