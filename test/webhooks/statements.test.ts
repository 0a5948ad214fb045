import { expect, test } from "bun:test";
import { Database, type Statement } from "bun:sqlite";
import { received } from "../store/house.ts";
import { receiver, Rig, texts } from "./rig.ts";

/** Counts the statements that run between `begin` and the answer of what it returns, of databases opened meanwhile. */
function counted(): { begin: () => () => number; end: () => void } {
  let count = 0;
  const real = Database.prototype.prepare;
  const verbs = ["run", "get", "all", "values"] as const;
  const prepare = function (this: Database, ...given: Parameters<typeof real>): Statement {
    const statement = real.apply(this, given);
    for (const verb of verbs) {
      const own = statement[verb].bind(statement) as (...given: never[]) => unknown;
      Object.defineProperty(statement, verb, {
        value: (...given: never[]) => {
          count += 1;
          return own(...given);
        },
      });
    }
    return statement;
  };
  Object.defineProperty(Database.prototype, "prepare", { value: prepare, configurable: true, writable: true });
  return {
    begin: () => {
      const before = count;
      return () => count - before;
    },
    end: () =>
      Object.defineProperty(Database.prototype, "prepare", { value: real, configurable: true, writable: true }),
  };
}

const messages = 200;

/** Statements an event, from its record until its delivery is written down: messages come in twenties, of ten chats. */
async function cost(others: number): Promise<number> {
  const statements = counted();
  try {
    const to = receiver();
    const rig = await Rig.start();
    await rig.service.create({ url: to.url, events: ["message.*"] });
    for (let n = 0; n < others; n += 1) await rig.service.create({ url: `${to.url}/${n}`, events: ["device.*"] });
    await rig.tell(received("warm", "x", "warm"));
    const end = statements.begin();
    for (let at = 0; at < messages; at += 20) {
      const batch = Array.from({ length: 20 }, (_, n) => received(`chat${n % 10}`, "x", `m${at + n}`));
      const { written } = await rig.store.ledger.record(rig.hold, { events: batch });
      rig.courier.offer(written);
    }
    await rig.courier.idle();
    expect(texts(to)).toHaveLength(messages + 1);
    return end() / messages;
  } finally {
    statements.end();
  }
}

test("a delivery that goes well costs no statement of its own, and endpoints that want nothing cost none", async () => {
  const alone = await cost(0);
  // The event's row, and what a commit of twenty shares.
  expect(alone).toBeGreaterThan(1);
  expect(alone).toBeLessThan(1.6);
  expect(await cost(99)).toBeLessThan(alone * 1.02);
});
