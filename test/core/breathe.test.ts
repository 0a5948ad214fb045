import { expect, test } from "bun:test";
import { breathe, paced } from "../../src/core/base/breathe.ts";
import { AskedOfPhone } from "../../src/whatsapp/inbound/asked-of-phone.ts";

/** How many of these go on in one turn of the event loop, at most. */
async function mostInATurn(works: readonly (() => Promise<unknown>)[]): Promise<number> {
  let [turn, isDone] = [0, false];
  const count = (): void => void setImmediate(() => ((turn += 1), isDone || count()));
  count();
  const turns: number[] = [];
  await Promise.all(works.map((work) => work().then(() => turns.push(turn))));
  isDone = true;
  return Math.max(...turns.map((one) => turns.filter((other) => other === one).length));
}

test("of many who wait for a turn one goes on in each, in the order in which they came", async () => {
  const order: number[] = [];
  const works = Array.from({ length: 20 }, (_, at) => () => breathe().then(() => order.push(at)));
  expect(await mostInATurn(works)).toBe(1);
  expect(order).toEqual([...order.keys()]);
});

test("bytes come in small pieces, the same bytes, whatever their number", async () => {
  const whole = Buffer.from(Array.from({ length: 700_001 }, (_, at) => at % 251));
  const pieces = await Array.fromAsync(
    paced(
      (async function* () {
        yield whole.subarray(0, 3);
        yield whole.subarray(3);
      })(),
    ),
  );
  expect(Buffer.concat(pieces).equals(whole)).toBe(true);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(2 ** 17);
});

test("what the phone is asked for after a flood is looked up one a turn", async () => {
  const asked = new AskedOfPhone();
  asked.set("a", true);
  expect([await asked.get<boolean>("a"), await asked.get<undefined>("b")]).toEqual([true, undefined]);
  expect(await mostInATurn(Array.from({ length: 20 }, () => () => asked.get("a")))).toBe(1);
  for (let at = 0; at < 10_001; at++) asked.set(`m${at}`, at);
  expect(await asked.get<undefined>("a")).toBeUndefined();
});
