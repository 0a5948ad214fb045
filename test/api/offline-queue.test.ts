import { expect, test } from "bun:test";
import type { OfflineQueueTotals } from "../../src/core/model/offline-queue.ts";
import { startBot } from "../harness.ts";

test("health adds up what is announced, received and missing of every connection's offline queue", async () => {
  await using bot = await startBot();
  await bot.link();
  const health = async () => {
    const answer = await (await bot.call("GET", "/v1/admin/health")).json();
    return (answer as { data: { offline_queue: OfflineQueueTotals } }).data.offline_queue;
  };
  const comes = async (text: string) =>
    bot.next("message.received", ({ data }) => data.content.kind === "text" && data.content.text === text);
  const isWhole = () => bot.device.status().offlineQueue?.state === "complete";

  await bot.contact().says("live");
  await comes("live");
  await bot.stop();
  await bot.contact().says("one");
  const { id } = await bot.contact().says("lost on its way");
  await bot.contact().says("three");
  bot.sim.faults.at("out", { do: "drop" }, { when: ({ tag, attrs }) => tag === "message" && attrs["id"] === id });
  await bot.start();
  await Promise.all([comes("one"), comes("three"), bot.until(isWhole, "the end of the queue")]);
  const short = await health();
  expect(short.announced).toBeGreaterThanOrEqual(3);
  const { announced } = short;
  expect(short).toEqual({ pulling: 0, stalled: 0, announced, received: announced - 1, missing: 1 });

  await bot.restart();
  await Promise.all([comes("lost on its way"), bot.until(isWhole, "the end of the queue")]);
  expect(await health()).toMatchObject({ pulling: 0, stalled: 0, missing: 0 });
});
