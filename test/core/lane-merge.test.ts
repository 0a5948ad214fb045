import { expect, test } from "bun:test";
import { breathe } from "../../src/core/base/breathe.ts";
import { Courier, type Deliver } from "../../src/core/delivery/courier.ts";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import type { Target } from "../../src/core/model/events/targets.ts";
import type { Person } from "../../src/core/model/person.ts";
import type { Deliveries, Exchange, Written } from "../../src/core/ports/deliveries.ts";
import { afterwards } from "../afterwards.ts";
import { silent } from "../log.ts";
import { held, house, raw, received } from "../store/house.ts";

const webhook: Target = "webhook:a";
const [phone, lid] = ["628777000111", "99000000000001@lid"];
const jid = `${phone}@s.whatsapp.net`;
const lineOf = ({ data }: BotEvent) => (data as { content: { text: string } }).content.text;

/** A store that owes everything to one target, and a person who writes by two names. */
async function scene() {
  const { store, clock, dir } = await house({ targetsOf: () => [webhook] });
  const hold = await held(store);
  const written: Written[] = [];
  const met = async (person: Person, formerly: string[] = []) => {
    const names = [person.jid, ...formerly];
    const people = [{ person, names, formerly, source: "message" as const, at: 1 }];
    written.push((await store.ledger.record(hold, { events: [], people })).written);
  };
  await met({ jid, phone, lid: null, username: null });
  await met({ jid: lid, phone: null, lid, username: null });
  const says = async (chat: string, ...lines: string[]) => {
    for (const line of lines) {
      const event = { ...received(chat, line), once: line };
      written.push((await store.ledger.record(hold, { events: [event] })).written);
    }
  };
  const merge = () => met({ jid, phone, lid, username: null }, [lid]);
  /** Runs before an exchange, with what was asked then. */
  const meanwhile: { at: (ask: Exchange) => Promise<void> } = { at: async () => {} };
  const deliveries: Deliveries = {
    ...store.deliveries,
    exchange: async (ask) => {
      await meanwhile.at(ask);
      return store.deliveries.exchange(ask);
    },
  };
  const courier = () => {
    const made = new Courier({ deliveries, clock, log: silent, random: () => 0.5 });
    afterwards(() => made.stop(0));
    return made;
  };
  /** Offers what was written since the last time. */
  const offer = (to: Courier) => {
    for (const each of written.splice(0)) to.offer(each);
  };
  return { store, clock, dir, says, merge, courier, offer, meanwhile };
}

/** Notes what it is given; an attempt ends when the gate of its line is opened. */
function gated() {
  const seen: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<boolean>>();
  const gateOf = (line: string) => {
    const gate = gates.get(line) ?? Promise.withResolvers<boolean>();
    gates.set(line, gate);
    return gate;
  };
  const deliver: Deliver = async (event) => {
    seen.push(lineOf(event));
    return { ok: await gateOf(lineOf(event)).promise, status: 200 };
  };
  return { seen, deliver, open: (line: string, ok = true) => gateOf(line).resolve(ok) };
}

const rest = async () => {
  for (let turn = 0; turn < 20; turn++) await breathe();
};

test("what waits under the former name comes before what follows the merge", async () => {
  const { says, merge, courier, offer } = await scene();
  const { seen, deliver, open } = gated();
  const running = courier();
  running.add(webhook, deliver);
  await running.start();
  await says(lid, "1", "2");
  await says(jid, "3");
  offer(running);
  await rest();
  expect(seen).toEqual(["1", "3"]);
  await merge();
  await says(jid, "4");
  offer(running);
  await rest();
  // One lane now: neither 2 nor 4 begins before both that run have ended.
  open("3");
  await rest();
  expect(seen).toEqual(["1", "3"]);
  open("1");
  await rest();
  expect(seen).toEqual(["1", "3", "2"]);
  open("2");
  open("4");
  await running.idle();
  expect(seen).toEqual(["1", "3", "2", "4"]);
});

test("what failed under the former name holds back what follows the merge", async () => {
  const { says, merge, courier, offer, clock, dir } = await scene();
  const { seen, deliver, open } = gated();
  const running = courier();
  running.add(webhook, deliver);
  await running.start();
  open("1", false);
  await says(lid, "1", "2");
  offer(running);
  await running.idle();
  await merge();
  await says(jid, "3");
  offer(running);
  await running.idle();
  expect(seen).toEqual(["1"]);
  const rows = () =>
    raw(dir).query("SELECT lane, stage FROM delivery WHERE settled_at IS NULL ORDER BY event").values();
  expect(rows()).toEqual([
    [`d1/${jid}`, "due"],
    [`d1/${jid}`, "blocked"],
    [`d1/${jid}`, "blocked"],
  ]);
  running.remove(webhook);
  running.add(webhook, async (event) => (seen.push(lineOf(event)), { ok: true, status: 200 }));
  clock.wind(60_000);
  await running.idle();
  expect(seen).toEqual(["1", "1", "2", "3"]);
});

test("an attempt that fails after the merge holds back the lane of both names", async () => {
  const { says, merge, courier, offer } = await scene();
  const { seen, deliver, open } = gated();
  const running = courier();
  running.add(webhook, deliver);
  await running.start();
  await says(lid, "1", "2");
  offer(running);
  await rest();
  await merge();
  await says(jid, "3");
  offer(running);
  open("1", false);
  open("2");
  open("3");
  await running.idle();
  expect(seen).toEqual(["1"]);
});

test("a failure that is being written during the merge holds back the lane of both names", async () => {
  const { says, merge, courier, offer, meanwhile, dir } = await scene();
  const { seen, deliver, open } = gated();
  const running = courier();
  running.add(webhook, deliver);
  await running.start();
  await says(lid, "1", "2");
  offer(running);
  meanwhile.at = async ({ settled }) => {
    if (settled.length === 0) return;
    meanwhile.at = async () => {};
    await merge();
    await says(jid, "3");
  };
  open("1", false);
  await running.idle();
  offer(running);
  await running.idle();
  expect(seen).toEqual(["1"]);
  const lanes = raw(dir).query("SELECT DISTINCT lane FROM delivery WHERE settled_at IS NULL").values();
  expect(lanes).toEqual([[`d1/${jid}`]]);
});

test("two lanes that both wait become one, in the order of the log", async () => {
  const { says, merge, courier, offer, clock } = await scene();
  const running = courier();
  const seen: string[] = [];
  let isDown = true;
  running.add(webhook, async (event) => {
    seen.push(lineOf(event));
    return isDown ? { ok: false, status: 500 } : { ok: true, status: 200 };
  });
  await running.start();
  for (const [place, chat] of [lid, jid, lid, jid].entries()) await says(chat, `${place + 1}`);
  offer(running);
  await running.idle();
  await merge();
  await says(jid, "5");
  offer(running);
  await running.idle();
  isDown = false;
  seen.splice(0);
  clock.wind(10 * 60_000);
  await running.idle();
  expect(seen).toEqual(["1", "2", "3", "4", "5"]);
});

test("a process that starts after the merge reads one lane from the log", async () => {
  const { says, merge, courier } = await scene();
  const { seen, deliver, open } = gated();
  await says(lid, "1", "2");
  await merge();
  await says(jid, "3");
  const running = courier();
  running.add(webhook, deliver);
  await running.start();
  await rest();
  expect(seen).toEqual(["1"]);
  for (const line of ["1", "2", "3"]) open(line);
  await running.idle();
  expect(seen).toEqual(["1", "2", "3"]);
});
