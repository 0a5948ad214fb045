import { expect, test } from "bun:test";
import { crossed } from "../bench/bars.ts";
import type { Row } from "../bench/table.ts";

const row = (ratio?: number): Row => ({
  what: "outbound, merpati, durable, until WhatsApp took it",
  value: 1,
  unit: "/s",
  ...(ratio === undefined ? {} : { ratio }),
});

test("a ratio below its bar, and one that was not measured, are told; parts that did not run are not", () => {
  expect(crossed([row(0.3)], ["outbound"])).toEqual([]);
  expect(crossed([row(0.29)], ["outbound"])).toEqual([`${row().what}: ×0.29, where ×0.3 is the least`]);
  expect(crossed([row()], ["outbound"])).toEqual([`${row().what}: was not measured`]);
  expect(crossed([], ["start"])).toEqual([]);
});
