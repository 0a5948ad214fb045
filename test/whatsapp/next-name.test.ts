import { expect, test } from "bun:test";
import { type NameRefusal, nextName, type NameStep } from "../../src/whatsapp/outbound/next-name.ts";

const [own, other] = ["10@lid", "62@s.whatsapp.net"];
const offer = (name: string, isNew: boolean, toStrangers: boolean): NameStep => ({
  do: "offer",
  name,
  isNew,
  toStrangers,
});
const end = (code: NameRefusal): NameStep => ({ do: "end", code });

/** Refusals in order: `own` is the name that the message left by first. */
const cases: [string, NameStep][] = [
  ["own 400", { do: "send", name: other }],
  ["own 463", offer(other, true, true)],
  ["own 400, other 400", end("400")],
  // The account's name may have been refused for something that passes: nobody is held for the other's 463.
  ["own 400, other 463", offer(own, false, true)],
  ["own 400, other 463, own 400", end("400")],
  ["own 400, other 463, own 463", end("463")],
  // The other name was tried in between, and its answer was lost.
  ["own 400, own 400", { do: "send", name: other }],
  ["own 400, own 400, other 463", offer(own, false, true)],
  ["own 400, own 400, other 463, own 400", end("400")],
  ["own 463, other 400", offer(own, false, false)],
  ["own 463, other 400, own 463", end("463")],
  ["own 463, other 463", offer(own, false, false)],
  ["own 463, other 463, own 463", end("463")],
  // Whether the account is locked nobody said.
  ["own 463, own 463", end("463")],
  ["own 463, own 400", { do: "send", name: other }],
];

const read = (refusals: string) =>
  refusals.split(", ").map((one) => {
    const [name, code] = one.split(" ");
    return { name: name === "own" ? own : other, code: code as NameRefusal };
  });

test.each(cases)("%s", (refusals, step) => {
  const all = read(refusals);
  expect(nextName(all, all.at(-1)?.name === own ? other : own)).toEqual(step);
});

test.each(["400", "463"] as const)("of somebody with one name, %s is the answer", (code) => {
  expect(nextName([{ name: own, code }], null)).toEqual(end(code));
});

test("whatever the server says, a message leaves four times at most", () => {
  const most = (refusals: { name: string; code: NameRefusal }[], left: string): number => {
    const tries = (["400", "463"] as const).map((code) => {
      const all = [...refusals, { name: left, code }];
      const step = nextName(all, left === own ? other : own);
      return step.do === "end" ? all.length : most(all, step.name);
    });
    return Math.max(...tries);
  };
  expect(most([], own)).toBeLessThanOrEqual(4);
});
