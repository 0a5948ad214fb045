import type { Clock } from "./clock.ts";
import { Failure } from "./failure.ts";

const broken = (cause: unknown): never => {
  throw new Failure("invalid", "it broke off before its end.", { cause });
};

/**
 * The same bytes. Throws `invalid` when the other side breaks off, `timeout` when the last of them has not come within
 * `ms` milliseconds, and lets go.
 */
export async function* inTime(
  body: ReadableStream<Uint8Array>,
  clock: Clock,
  ms: number,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {}); // nobody may be waiting just then
  const cancel = clock.after(ms, () =>
    late.reject(new Failure("timeout", `it was not here whole after ${ms / 1000} s.`)),
  );
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read().catch(broken), late.promise]);
      if (done) return;
      yield value;
    }
  } finally {
    cancel();
    reader.cancel().catch(() => {});
  }
}
