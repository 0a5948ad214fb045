import { expect, test } from "bun:test";
import { atOnce, inSequence, type Service } from "../../src/core/base/service.ts";

/** Services that write down what happens to them; each takes a turn of the event loop to start and to stop. */
function noted(...names: string[]): { steps: string[]; services: Service[] } {
  const steps: string[] = [];
  const step = async (...words: [string, string]) => {
    steps.push(words[0]);
    await new Promise((resolve) => setImmediate(resolve));
    steps.push(words[1]);
  };
  const services = names.map((name) => ({
    start: () => step(`start ${name}`, `${name} runs`),
    stop: () => step(`stop ${name}`, `${name} stands`),
  }));
  return { steps, services };
}

test("services start one after the other, and stop the last first", async () => {
  const { steps, services } = noted("store", "courier");
  const all = inSequence(services);
  await all.start();
  expect(steps.splice(0)).toEqual(["start store", "store runs", "start courier", "courier runs"]);
  await all.stop();
  expect(steps).toEqual(["stop courier", "courier stands", "stop store", "store stands"]);
});

test("services that do not need each other start at once, and stop the last first all the same", async () => {
  const { steps, services } = noted("whatsapp", "plugins");
  const both = atOnce(services);
  await both.start();
  expect(steps.splice(0)).toEqual(["start whatsapp", "start plugins", "whatsapp runs", "plugins runs"]);
  await both.stop();
  expect(steps).toEqual(["stop plugins", "plugins stands", "stop whatsapp", "whatsapp stands"]);
});

test("what comes after a service that fails does not start", async () => {
  const { steps, services } = noted("courier");
  const broken: Service = { start: () => Promise.reject(new Error("the disk refuses")), stop() {} };
  const starting = inSequence([broken, ...services]).start();
  expect(await Promise.resolve(starting).catch((error: unknown) => error)).toHaveProperty(
    "message",
    "the disk refuses",
  );
  expect(steps).toEqual([]);
});
