import { expect, test } from "bun:test";
import { Attempts } from "../../src/core/device/attempts.ts";
import { closeAction } from "../../src/core/policy/closing.ts";

const minute = 60_000;
const conflict = { type: "closed", code: 440, origin: "stream", detail: "conflict" } as const;

/** What becomes of a device whose connection is taken over at these times. */
function fate(...times: number[]) {
  const attempts = new Attempts(null);
  return times.map((at) => closeAction(conflict, attempts.history(440, false, false, at)).next);
}

test("two conflicts within ten minutes end a device; two that lie weeks apart do not", () => {
  expect(fate(0, 10 * minute - 1)).toEqual(["retry", "end"]);
  expect(fate(0, 10 * minute)).toEqual(["retry", "retry"]);
  expect(fate(0, 14 * 24 * 60 * minute)).toEqual(["retry", "retry"]);
  expect(fate(0, 10 * minute, 10 * minute + 1)).toEqual(["retry", "retry", "end"]);
});
