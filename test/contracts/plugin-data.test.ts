import { expect } from "bun:test";
import type { Target } from "../../src/core/model/events/targets.ts";
import { held, received } from "../store/house.ts";
import { holds } from "./grounds.ts";

holds("values of a plugin are its own, written over and taken away", async (open) => {
  const { pluginData: data } = (await open()).store;
  const value = { list: [1, null, "ü"], deep: { "": true } };
  await data.set("a", "x", value);
  await data.set("b", "x", 2);
  expect([await data.get("a", "x"), await data.get("b", "x"), await data.get("a", "y")]).toEqual([value, 2, null]);
  await data.set("a", "x", null);
  expect([await data.get("a", "x"), await data.delete("a", "x"), await data.delete("a", "x")]).toEqual([
    null,
    true,
    false,
  ]);
  expect(await data.get("b", "x")).toBe(2);
});

holds("a list goes by the beginning of keys, letter by letter, and hides the host's notes", async (open) => {
  const { pluginData: data } = (await open()).store;
  for (const key of ["a%1", "a_2", "A%3", "ab", "$note", "b"]) await data.set("p", key, key);
  await data.set("q", "a%9", 9);
  const keys = async (prefix: string, limit = 9) => (await data.list("p", prefix, limit)).map(({ key }) => key);
  expect(await keys("a")).toEqual(["a%1", "a_2", "ab"]);
  expect(await keys("a%")).toEqual(["a%1"]);
  expect(await keys("a_")).toEqual(["a_2"]);
  expect(await keys("")).toEqual(["A%3", "a%1", "a_2", "ab", "b"]);
  expect(await keys("", 2)).toEqual(["A%3", "a%1"]);
  expect(await keys("$")).toEqual(["$note"]);
});

holds("a plugin that goes leaves nothing, and nothing is owed to it", async (open) => {
  const target: Target = "plugin:p";
  const { store } = await open({ targetsOf: () => [target] });
  await store.pluginData.set("p", "x", 1);
  await store.pluginData.set("q", "x", 1);
  await store.ledger.record(await held(store), { events: [received("a", "1")] });
  await store.pluginData.clear("p");
  await store.pluginData.forgive("p");
  expect([await store.pluginData.get("p", "x"), await store.pluginData.get("q", "x")]).toEqual([null, 1]);
  const { cursors, head } = await store.deliveries.cursors([target]);
  const owed = await store.deliveries.read({ target, after: cursors.get(target) ?? 0, limit: 9 });
  expect([owed.events, head]).toEqual([[], 1]);
});
