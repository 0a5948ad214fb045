import { expect, test } from "bun:test";
import { breathe } from "../../src/core/base/breathe.ts";
import { Failure } from "../../src/core/base/failure.ts";
import type { EventData } from "../../src/core/model/events/events.ts";
import { type CheckingDevice, NumberChecks } from "../../src/core/people/number-checks.ts";
import type { NumberAnswers } from "../../src/core/ports/people.ts";
import { HandClock } from "../clock.ts";
import { silent } from "../log.ts";
import { device } from "../store/house.ts";

const every = 6_000;
const numbers = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, place) => `628${1_000_000 + from + place}`);
const nothing = (pending: readonly string[]): NumberAnswers => ({ known: [], pending, wait: every });

/** Devices whose WhatsApp tells one number at a time, in the order that it is asked. */
function world() {
  const clock = new HandClock();
  let count = 0;
  const checks = new NumberChecks({ clock, log: silent, ids: { message: () => `request-${++count}` } });
  const told: EventData<"contacts.checked">[] = [];
  let state: "open" | "closed" | "removed" = "open";
  const known = new Map<string, boolean>();
  const check = async (phones: readonly string[]): Promise<NumberAnswers> => {
    const next = phones.find((phone) => !known.has(phone));
    if (next !== undefined) known.set(next, true);
    const found = phones.filter((phone) => known.has(phone));
    return {
      known: found.map((phone) => ({ phone, exists: true, jid: `${phone}@s.whatsapp.net`, lid: null })),
      pending: phones.filter((phone) => !known.has(phone)),
      wait: every,
    };
  };
  const deviceOf = (uid: string, tenant = "default"): CheckingDevice => ({
    record: device(uid, { tenant }),
    get open() {
      if (state === "open") return { people: { check } };
      throw new Failure(state === "closed" ? "unavailable" : "not_linked", "no");
    },
    note: async ({ events }) => void told.push(...events.map(({ data }) => data as EventData<"contacts.checked">)),
  });
  const pass = async (ms: number) => {
    clock.wind(ms);
    for (let turn = 0; turn < 5; turn++) await breathe();
  };
  const become = (to: typeof state) => void (state = to);
  return { checks, told, deviceOf, pass, become, clock };
}

test("pending numbers are asked for in the order of the calls, each once, and each call is told", async () => {
  const { checks, told, deviceOf, pass } = world();
  const first = checks.report(deviceOf("d1"), numbers(2), nothing(numbers(2)));
  expect(first.numbers.map(({ retryAfter }) => retryAfter)).toEqual([6, 12]);
  const second = checks.report(deviceOf("d1"), numbers(2, 1), nothing(numbers(2, 1)));
  expect(second.numbers.map(({ retryAfter }) => retryAfter)).toEqual([12, 18]);
  await pass(every);
  expect(told).toEqual([]);
  await pass(every);
  expect(told.map(({ request }) => request)).toEqual(["request-1"]);
  await pass(every);
  expect(told.map(({ request }) => request)).toEqual(["request-1", "request-2"]);
  expect(told[1]?.numbers.map(({ phone, exists }) => [phone, exists])).toEqual(numbers(2, 1).map((one) => [one, true]));
});

test("a tenant has 600 numbers pending and not one more, whichever of its devices asks", () => {
  const { checks, deviceOf } = world();
  const ask = (uid: string, tenant: string, list: string[]) =>
    checks.report(deviceOf(uid, tenant), list, nothing(list)).request;
  expect(ask("d1", "one", numbers(400))).toBe("request-1");
  expect(ask("d2", "one", numbers(200))).toBe("request-2");
  expect(() => ask("d2", "one", numbers(1, 900))).toThrow("ask for 1 fewer");
  // What is pending already takes no room, and other tenants have their own.
  expect(ask("d1", "one", numbers(50))).toBe("request-3");
  expect(ask("d3", "two", numbers(1))).toBe("request-4");
});

test("while nobody can ask it is tried each minute, and after six hours what is known is told", async () => {
  const { checks, told, deviceOf, pass, become } = world();
  become("closed");
  checks.report(deviceOf("d1"), numbers(2), nothing(numbers(2)));
  await pass(every);
  become("open");
  await pass(60_000);
  become("closed");
  for (let minute = 0; minute < 6 * 60; minute++) await pass(60_000);
  expect(told.map((one) => one.numbers.map(({ exists }) => exists))).toEqual([[true, null]]);
});

test("a device whose account went tells at once, and one that was removed is let go", async () => {
  const { checks, told, deviceOf, pass, become, clock } = world();
  become("removed");
  checks.report(deviceOf("d1"), numbers(1), nothing(numbers(1)));
  await pass(every);
  expect(told.map((one) => one.numbers.map(({ exists }) => exists))).toEqual([[null]]);
  const gone = Object.assign(deviceOf("d2"), { note: async () => Promise.reject(new Error("removed")) });
  checks.report(gone, numbers(1), nothing(numbers(1)));
  for (let minute = 0; minute < 20; minute++) await pass(60_000);
  expect(clock.next()).toBeNull();
});
