import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { received } from "../store/house.ts";
import { receiver, Rig, texts } from "./rig.ts";

type Statement = Record<(typeof verbs)[number], (...given: unknown[]) => unknown>;
const verbs = ["run", "get", "all", "values"] as const;

/** Counts the statements that run, of databases opened meanwhile. */
function counting(): { sofar: () => number; end: () => void } {
  const own = Object.getOwnPropertyDescriptor(Database.prototype, "prepare");
  if (own === undefined) throw new Error("Database.prepare has another name");
  let count = 0;
  const counted = (run: Statement["run"]): Statement["run"] =>
    function (this: Statement, ...given) {
      count += 1;
      return run.apply(this, given);
    };
  Object.defineProperty(Database.prototype, "prepare", {
    ...own,
    value(this: Database, ...given: unknown[]) {
      const statement = own.value.apply(this, given) as Statement;
      for (const verb of verbs) Object.defineProperty(statement, verb, { value: counted(statement[verb]) });
      return statement;
    },
  });
  return { sofar: () => count, end: () => Object.defineProperty(Database.prototype, "prepare", own) };
}

const messages = 200;

/** Statements an event, from its record until its delivery is written down: messages come in twenties, of ten chats. */
async function cost(others: number): Promise<number> {
  const statements = counting();
  try {
    const to = receiver();
    const rig = await Rig.start();
    await rig.service.create({ url: to.url, events: ["message.*"] });
    for (let n = 0; n < others; n += 1) await rig.service.create({ url: `${to.url}/${n}`, events: ["device.*"] });
    await rig.tell(received("warm", "x", "warm"));
    const before = statements.sofar();
    for (let at = 0; at < messages; at += 20) {
      const batch = Array.from({ length: 20 }, (_, n) => received(`chat${n % 10}`, "x", `m${at + n}`));
      const { written } = await rig.store.ledger.record(rig.hold, { events: batch });
      rig.courier.offer(written);
    }
    await rig.courier.idle();
    expect(texts(to)).toHaveLength(messages + 1);
    return (statements.sofar() - before) / messages;
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
