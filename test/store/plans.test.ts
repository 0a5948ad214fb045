import { expect, test } from "bun:test";
import { Disk } from "../../src/store/sqlite/disk.ts";
import { plannedOnce } from "../../src/store/sqlite/planned-once.ts";
import { house, raw } from "./house.ts";

/** Tables that grow with what happens. */
const large = "(said|event|delivery|attempt|message)";
const scans = new RegExp(`^SCAN ${large}$`);
/** All rows of a device, of a chat or of a target. */
const sorted = new RegExp(`^SEARCH ${large} .*\\((device|target)=\\?( AND chat=\\?)?\\)$`);

const mayRead = [
  // When somebody asks the phone for older history, of one chat.
  /ORDER BY at, place LIMIT 1$/,
  // The newest 200 deliveries of a target.
  /LIMIT 200\) AS latest[^]*ORDER BY at DESC LIMIT 1$/,
  // What waits to be sent: `queueLimit` bounds it.
  /state IN \('queued', 'waiting', 'sending'\)\s+UNION/,
];

/** Every statement that a store prepares when it is opened. */
async function prepared(): Promise<{ all: string[]; dir: string }> {
  const all: string[] = [];
  const own = Object.getOwnPropertyDescriptor(Disk.prototype, "prepare");
  if (own === undefined) throw new Error("Disk.prepare has another name");
  Object.defineProperty(Disk.prototype, "prepare", {
    ...own,
    value(this: Disk, sql: string) {
      all.push(sql);
      return own.value.call(this, sql);
    },
  });
  try {
    const { dir } = await house();
    return { all, dir };
  } finally {
    Object.defineProperty(Disk.prototype, "prepare", own);
  }
}

test("no statement reads a large table from end to end, or sorts what an index could have in order", async () => {
  const { all, dir } = await prepared();
  const db = raw(dir);
  const known = all.filter((sql) => /^\s*(SELECT|DELETE|UPDATE|INSERT|WITH)/.test(sql));
  const dear = known.filter((sql) => {
    const plan = db.query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${plannedOnce(sql)}`).all();
    const sorts = plan.some(({ detail }) => detail.startsWith("USE TEMP B-TREE FOR ORDER BY"));
    return plan.some(({ detail }) => scans.test(detail) || (sorts && sorted.test(detail)));
  });
  expect(dear.filter((sql) => !mayRead.some((each) => each.test(sql.trim())))).toEqual([]);
  expect(known.length).toBeGreaterThan(100);
});
