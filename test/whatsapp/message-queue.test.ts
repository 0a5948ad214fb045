import { expect, test } from "bun:test";
import type { BinaryNode } from "@whiskeysockets/baileys";
import { breathe } from "../../src/core/base/breathe.ts";
import { MessageQueue } from "../../src/whatsapp/inbound/message-queue.ts";

const me = { id: "6281100000001:3@s.whatsapp.net", lid: "1001:3@lid" };
const ann = "628123456789@s.whatsapp.net";
const annLid = "2002@lid";
const family = "12036300@g.us";

function stanza(id: string, attrs: BinaryNode["attrs"] = {}, seal: BinaryNode["attrs"] = {}, size = 2): BinaryNode {
  const enc = { tag: "enc", attrs: { v: "2", type: "msg", ...seal }, content: new Uint8Array(size) };
  return { tag: "message", attrs: { id, from: ann, t: "1", ...attrs }, content: [enc] };
}

/** A queue whose steps are written down; Baileys is through with a stanza when the test says so. */
function queueOf({ unopened = "", isOpen = true, isBusy = false, reported = async () => {} } = {}) {
  const steps: string[] = [];
  const passed: BinaryNode[] = [];
  const batches: string[][] = [];
  const queue = new MessageQueue({
    auth: () => ({ otherName: async (id) => ({ "628123456789": "2002", "2002_reverse": "628123456789" })[id] ?? null }),
    me: () => me,
    open: async (stanzas) => {
      batches.push(stanzas.map(({ attrs }) => attrs.id ?? ""));
      const at = stanzas.findIndex(({ attrs }) => attrs.id === unopened);
      const opened = at < 0 ? stanzas : stanzas.slice(0, at);
      steps.push(...opened.map(({ attrs }) => `opened ${attrs.id}`));
      return opened.length;
    },
    reported,
    pass: (node) => {
      passed.push(node);
      steps.push(`passed ${node.attrs.id}`);
    },
    answer: async ({ attrs }) => void steps.push(`answered ${JSON.stringify(attrs)}`),
    isOpen: () => isOpen,
    isOnline: () => false,
    isBusy: () => isBusy,
  });
  const settled = async () => {
    for (let at = 0; at < 5; at++) await breathe();
  };
  return { queue, steps, passed, batches, settled };
}

test("what is plain is opened here and answered as Baileys would", async () => {
  const { queue, steps, settled } = queueOf();
  queue.add(stanza("A", { sender_lid: annLid }));
  queue.add(stanza("B", { from: family, participant: annLid, participant_pn: ann }, { type: "skmsg" }));
  await settled();
  expect(steps).toEqual([
    "opened A",
    `answered {"id":"A","to":"${ann}","type":"inactive"}`,
    "opened B",
    `answered {"id":"B","to":"${family}","participant":"${annLid}","type":"inactive"}`,
  ]);
});

const odd: Record<string, BinaryNode> = {
  "a copy of what the owner wrote": stanza("X", { from: me.id, recipient: ann }),
  "what the own phone says": stanza("X", { from: "1001@lid" }),
  "what the own phone says in a group": stanza("X", { from: family, participant: "6281100000001@s.whatsapp.net" }),
  "an errand": stanza("X", { category: "peer" }),
  "a status": stanza("X", { from: "status@broadcast", participant: ann }),
  "a message of a list": stanza("X", { from: "1@broadcast", participant: ann }),
  "a hosted device": stanza("X", { from: "628123456789:99@hosted" }),
  "a bot": stanza("X", { from: "867051314767696@bot" }),
  "a second attempt": stanza("X", {}, { count: "1" }),
  "a seal of another kind": stanza("X", {}, { type: "msmsg" }),
  "a group's seal outside of groups": stanza("X", {}, { type: "skmsg" }),
  "two seals": {
    ...stanza("X"),
    content: [...(stanza("X").content as BinaryNode[]), ...(stanza("X").content as BinaryNode[])],
  },
  "nothing to open": { ...stanza("X"), content: [{ tag: "unavailable", attrs: { type: "view_once" } }] },
  "no content": { tag: "message", attrs: { id: "X", from: ann } },
  "no id": { ...stanza("X"), attrs: { from: ann } },
  "a second name that is not known yet": stanza("X", { sender_lid: "3003@lid" }),
  "another tag": { ...stanza("X"), tag: "status" },
};

test.each(Object.keys(odd))("%s is Baileys'", async (name) => {
  const { queue, passed, steps, settled } = queueOf();
  queue.add(odd[name] as BinaryNode);
  await settled();
  expect(passed).toEqual([odd[name] as BinaryNode]);
  expect(steps).toHaveLength(1);
});

test("neither way begins before the other has ended, and the order stays", async () => {
  const { queue, steps, passed, settled } = queueOf({ unopened: "C" });
  for (const id of ["A", "B", "C", "D"]) queue.add(stanza(id));
  queue.add(stanza("E", { category: "peer" }));
  queue.add(stanza("F"));
  const did = () => steps.filter((step) => !step.startsWith("answered"));
  await settled();
  expect(did()).toEqual(["opened A", "opened B", "passed C"]);
  queue.done(stanza("C")); // another one of that id
  await settled();
  expect(did()).toHaveLength(3);
  queue.done(passed[0] as BinaryNode);
  await settled();
  expect(did().slice(3)).toEqual(["opened D", "passed E"]);
  queue.done(passed[1] as BinaryNode);
  await settled();
  expect(did().slice(5)).toEqual(["opened F"]);
});

test("a message that takes its chat out of the archive is Baileys', and nothing happens once the line is cut", async () => {
  const busy = queueOf({ isBusy: true });
  busy.queue.add(stanza("A"));
  await busy.settled();
  expect(busy.steps).toEqual(["passed A"]);
  const closed = queueOf({ isOpen: false });
  closed.queue.add(stanza("A"));
  await closed.settled();
  expect(closed.steps).toEqual([]);
});

test("a flood is opened no further ahead of what is told than by one batch", async () => {
  const told: (() => void)[] = [];
  const reported = () => new Promise<void>((tell) => told.push(tell));
  const { queue, steps, settled } = queueOf({ reported });
  const opened = () => steps.filter((step) => step.startsWith("opened")).length;
  for (let at = 0; at < 400; at++) queue.add(stanza(`${at}`));
  await settled();
  // Of the first message alone nothing was reported before.
  const first = opened();
  const twoBatches = 1 + 2 * 64;
  expect(first).toBeLessThanOrEqual(twoBatches);
  for (const tell of told.splice(0)) tell();
  await settled();
  expect(opened() - first).toBeLessThanOrEqual(twoBatches);
  for (let at = 0; at < 10; at++) {
    for (const tell of told.splice(0)) tell();
    await settled();
  }
  expect(opened()).toBe(400);
});

test("long ones are opened a few at a time, and one that is longer than a batch alone", async () => {
  const { queue, batches, settled } = queueOf();
  const sizes = { first: 2, a: 2 ** 16, b: 2 ** 16, c: 2 ** 16, huge: 2 ** 20, d: 2 ** 16, e: 2 };
  for (const [id, size] of Object.entries(sizes)) queue.add(stanza(id, {}, {}, size));
  await settled();
  expect(batches).toEqual([["first"], ["a", "b"], ["c"], ["huge"], ["d", "e"]]);
});

test("one that comes while the queue falls idle is not left behind, at whatever step", async () => {
  for (let step = 0; step < 60; step++) {
    const { queue, steps, settled } = queueOf();
    queue.add(stanza("A"));
    for (let at = 0; at < step; at++) await Promise.resolve();
    queue.add(stanza("B"));
    await settled();
    expect([step, steps.filter((each) => each.startsWith("opened"))]).toEqual([step, ["opened A", "opened B"]]);
  }
});
