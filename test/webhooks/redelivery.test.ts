import { expect, test } from "bun:test";
import { received, refusal } from "../store/house.ts";
import { receiver, Rig, texts } from "./rig.ts";

test("one or a range is delivered again, in order, also what was never owed", async () => {
  const to = receiver();
  const rig = await Rig.start();
  const early = await rig.tell(received("x", "a", "1"), received("x", "b", "2"));
  const { id } = await rig.service.create({ url: to.url });
  const [late = ""] = await rig.tell(received("x", "c", "3"));
  await rig.service.deliveries.again(id, early[1] ?? "");
  await rig.service.deliveries.again(id, late);
  await rig.courier.idle();
  expect(texts(to)).toEqual(["3", "2", "3"]);
  const everything = { since: 0, until: rig.clock.now(), missing: true };
  expect(await rig.service.deliveries.allAgain(id, { ...everything, stages: ["delivered", "dead"] })).toEqual({
    count: 3,
    held: null,
  });
  await rig.courier.idle();
  expect(texts(to).slice(3)).toEqual(["1", "2", "3"]);
  expect(await rig.service.deliveries.allAgain(id, { ...everything, stages: ["dead"] })).toMatchObject({ count: 0 });
  const backwards = { ...everything, since: 2, until: 1, stages: [] };
  expect(await refusal(rig.service.deliveries.allAgain(id, backwards))).toStartWith("invalid: until lies before since");
});

/** Every event there is, of a webhook that was made after them. */
async function many(rig: Rig, url: string) {
  await rig.tell(...Array.from({ length: 2_500 }, (_, at) => received(`chat ${at % 50}`, "x", `${at}`)));
  const { id } = await rig.service.create({ url });
  return {
    id,
    everything: { since: 0, until: rig.clock.now(), stages: ["dead", "delivered"], missing: true },
  } as const;
}

test("two that ask for the same range at once get every event once", async () => {
  const to = receiver();
  const rig = await Rig.start();
  const { id, everything } = await many(rig, to.url);
  await rig.service.pause(id);
  const asked = [1, 2].map(() => rig.service.deliveries.allAgain(id, everything));
  const counts = (await Promise.all(asked)).map(({ count }) => count);
  await rig.service.resume(id);
  await rig.courier.idle();
  expect([counts.reduce((sum, count) => sum + count), texts(to).length, new Set(texts(to)).size]).toEqual([
    2_500, 2_500, 2_500,
  ]);
});

test("a webhook that is removed while a range is taken up is owed nothing", async () => {
  const to = receiver();
  const rig = await Rig.start();
  const { id, everything } = await many(rig, to.url);
  const again = refusal(rig.service.deliveries.allAgain(id, everything));
  await rig.service.remove(id);
  expect(await again).toStartWith("not_found: ");
  expect((await rig.store.deliveryLog.figures(`webhook:${id}`)).pending).toBe(0);
});
