import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { startMarch2026 } from "./march-2026.ts";
import {
  child,
  el,
  type SimulatedContact,
  HOSTILE_FRAMES,
  type Phone,
  POISON_NAMES,
  type Simulator,
} from "../../src/simulator/index.ts";
import { Client, linkedClient } from "./client.ts";

let sim: Simulator;
let client: Client;
let phone: Phone;
let ann: SimulatedContact;

beforeEach(async () => {
  sim = await startMarch2026({ seed: 1 });
  client = await linkedClient(sim, "6281100000001", { connectTimeoutMs: 1000 });
  phone = sim.phone("6281100000001");
  ann = sim.contact("628123456789", { name: "Ann" });
  await sim.until(() => sim.record.unsettled().length === 0);
});
afterEach(async () => {
  await client.disconnect();
  await sim.stop();
});

const settled = () => sim.until(() => sim.record.unsettled("message").length === 0);

async function reconnected(): Promise<void> {
  await client.ended();
  client.connect();
  await client.opened();
}

describe("the end of a connection", () => {
  test.each([401, 403, 503] as const)("an upgrade is refused with %p, the next is not", async (status) => {
    await client.disconnect();
    sim.faults.refuseUpgrade(status);
    client.connect();
    await client.ended();
    client.connect();
    await client.opened();
  });

  test.each([
    ["hello", "cut"],
    ["hello", "stall"],
    ["login", "cut"],
  ] as const)("the handshake ends at the %s with a %s, the next goes through", async (stage, how) => {
    await client.disconnect();
    sim.faults.breakHandshake(stage, how);
    client.connect();
    await client.ended();
    client.connect();
    await client.opened();
  });

  test.each(["400", "401", "402", "403", "405", "406", "409", "411", "500", "501", "503"])(
    "login fails with %s",
    async (reason) => {
      await client.disconnect();
      sim.faults.failLogin({ reason, expire: "60" });
      client.connect();
      expect((await client.ended()).code).toBe(Number(reason));
      client.connect();
      await client.opened();
    },
  );

  test.each(["401", "403", "408", "411", "500", "503"])("the server ends the stream with %s", async (code) => {
    sim.faults.streamError({ code });
    expect((await client.ended()).code).toBe(Number(code));
    client.connect();
    await client.opened();
  });

  test("another client takes over: conflict, 440", async () => {
    sim.faults.streamError({}, el("conflict", { type: "replaced" }));
    expect((await client.ended()).code).toBe(440);
  });

  test.each([{ do: "cut" }, { do: "close", code: 1011 }] as const)(
    "%j: what was on its way comes again",
    async (fault) => {
      sim.faults.at("out", fault, { when: "message" });
      const said = await ann.says("on its way");
      await reconnected();
      await client.received("on its way");
      await settled();
      expect(sim.record.delivered(said.id)).toBe(2);
      sim.assertNoProblems();
    },
  );

  test("a stalled connection passes nothing until it is resumed", async () => {
    const resume = sim.faults.stall();
    await ann.says("held up");
    await client.socket.sendPresenceUpdate("available");
    expect(client.texts).toEqual([]);
    resume();
    await client.received("held up");
    await settled();
  });
});

describe("a line of its own", () => {
  test("slow bytes arrive in the end", async () => {
    await client.disconnect();
    const line = await sim.line();
    line.slow(100);
    client.useUrl(line.url);
    client.connect();
    await client.opened();
    await ann.says("slowly");
    await client.received("slowly");
  });

  test("half open: nothing arrives and nobody is told, then the line is cut and all comes", async () => {
    await client.disconnect();
    const line = await sim.line();
    client.useUrl(line.url);
    client.connect();
    await client.opened();
    await client.socket.fetchPrivacySettings(true); // everything written before has arrived by its answer
    line.halfOpen();
    const said = await ann.says("into the void");
    expect(sim.record.delivered(said.id)).toBe(1);
    expect(client.closed).toBeUndefined();
    line.heal();
    line.cut();
    await reconnected();
    await client.received("into the void");
    await settled();
    expect(sim.record.delivered(said.id)).toBe(2);
  });
});

describe("receipts and acks", () => {
  test("a lost receipt makes the server deliver again; the client does not show it twice", async () => {
    sim.faults.at("in", { do: "drop" }, { when: (stanza) => stanza.tag === "receipt" });
    const said = await ann.says("once only");
    await client.received("once only");
    await client.disconnect();
    client.connect();
    await settled();
    expect(sim.record.of(said.id)[0]?.delivered).toMatchObject([{ offline: false }, { offline: true }]);
    expect(client.texts).toEqual(["once only"]);
  });

  test("a cut in place of the receipt does the same", async () => {
    sim.faults.at("in", { do: "cut" }, { when: "receipt" });
    await ann.says("once only");
    await reconnected();
    await settled();
    expect(client.texts).toEqual(["once only"]);
  });

  test.each(["deletes", "keeps"] as const)("a nack %s the stanza", async (nack) => {
    sim.assume({ nack });
    const id = ann.poisons("msmsg");
    client.nacked = id;
    await sim.until(() => (sim.record.of(id)[0]?.nacks.length ?? 0) === 1);
    await client.disconnect();
    client.connect();
    await client.opened();
    await ann.says("after");
    await client.received("after");
    await sim.until(() => sim.record.of(id)[0]?.nacks.length === (nack === "keeps" ? 2 : 1));
    expect(sim.record.delivered(id)).toBe(nack === "keeps" ? 2 : 1);
  });

  test("a nack that blocks holds up everything behind the stanza until it is given up", async () => {
    sim.assume({ nack: "blocks" });
    await client.disconnect();
    const id = ann.poisons("msmsg");
    client.nacked = id;
    await ann.says("behind it");
    client.connect();
    await client.received("behind it"); // the first time nobody knows yet
    await sim.until(() => sim.record.of(id)[0]?.nacks.length === 1);
    await client.disconnect();
    await ann.says("held up");
    client.connect();
    await client.opened();
    await sim.until(() => sim.record.of(id)[0]?.nacks.length === 2);
    expect(client.texts).not.toContain("held up");
    await client.disconnect();
    sim.assume({ nack: "deletes" });
    client.connect();
    await client.received("held up");
  });

  test("the server's ack is lost: the client cannot tell", async () => {
    const rule = sim.faults.loseAcks();
    const sent = await client.socket.sendMessage(ann.jid, { text: "did it arrive?" });
    await ann.hears("did it arrive?");
    expect(rule.struck).toBe(1);
    expect(sim.record.outgoing(sent?.key.id ?? "")).toMatchObject([{ answers: ["ok"] }]);
  });

  test.each(["463", "479"])("the server's ack says %s", async (code) => {
    sim.faults.refuseMessages(code);
    const sent = await client.socket.sendMessage(ann.jid, { text: "refused" });
    const update = await client.until(
      () => client.events.find(({ data }) => JSON.stringify(data).includes(`"messageStubParameters":["${code}"`)),
      "the error",
    );
    expect(JSON.stringify(update.data)).toContain(sent?.key.id ?? "?");
    expect(sim.record.outgoing(sent?.key.id ?? "")).toMatchObject([{ answers: [code] }]);
    expect(ann.inbox).toEqual([]);
  });
});

describe("delivery", () => {
  test("a message twice: the client shows it once", async () => {
    sim.faults.at("out", { do: "repeat", times: 2 }, { when: "message" });
    await ann.says("twice");
    await ann.says("after");
    await client.received("after");
    expect(client.texts).toEqual(["twice", "after"]);
  });

  test("messages out of order: all are read", async () => {
    sim.faults.at("out", { do: "hold", for: 2 }, { when: "message" });
    for (const text of ["first", "second", "third"]) await ann.says(text);
    await client.until(() => client.texts.length === 3, "three messages");
    expect(client.texts).toEqual(["second", "third", "first"]);
    sim.assertNoProblems();
  });

  test.each(["1", "0", "none", "count"] as const)("what waited is marked %s", async (offlineMarker) => {
    sim.assume({ offlineMarker });
    await client.disconnect();
    await ann.saysMany(["one", "two"]);
    client.connect();
    await client.received("two");
    await settled();
    expect(client.texts).toEqual(["one", "two"]);
    sim.assertNoProblems();
  });

  test("the end of the offline queue is never announced", async () => {
    await client.disconnect();
    await ann.says("waited");
    sim.faults.at("out", { do: "drop" }, { when: (stanza) => child(stanza, "offline") !== undefined });
    client.connect();
    await client.opened();
    await settled();
    expect(sim.record.unsettled("message")).toEqual([]);
  });
});

describe("poison", () => {
  test.each([...POISON_NAMES])("a message that is %s stops nothing", async (kind) => {
    const id = ann.poisons(kind);
    await ann.says("after");
    await client.received("after");
    await sim.until(() => {
      const one = sim.record.of(id)[0];
      return Boolean(one && one.receipts.length + one.nacks.length + one.acks.length > 0);
    });
    client.connect();
    await client.opened();
    await ann.says("and again");
    await client.received("and again");
  });

  // In a process of its own: Baileys decodes frames in a promise nobody holds, so what it throws there is an unhandled
  // rejection, which `bun test` counts as a failure whoever listens for it.
  test("no hostile frame does lasting harm to a client that reconnects after an exception", async () => {
    const child = Bun.spawn(["bun", `${import.meta.dir}/hostile-frames.ts`], { stdout: "pipe", stderr: "pipe" });
    const outcomes: Record<string, string> = await new Response(child.stdout).json();
    expect(Object.keys(outcomes)).toEqual([...HOSTILE_FRAMES]);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(["survived", "exception, then received"]));
  }, 20_000);
});

describe("keys", () => {
  test("a contact with a new phone is read and written to", async () => {
    await ann.says("old phone");
    await client.received("old phone");
    await client.socket.sendMessage(ann.jid, { text: "to the old" });
    await ann.hears("to the old");
    ann.reinstalls();
    await sim.until(() => sim.record.unsettled("notification").length === 0);
    await ann.says("new phone");
    await client.received("new phone");
    await client.socket.sendMessage(ann.jid, { text: "to the new" });
    await ann.hears("to the new");
    sim.assertNoProblems();
  });

  test("without one-time pre-keys, on either side, sessions are built nevertheless", async () => {
    ann.runsOutOfPreKeys();
    await client.socket.sendMessage(ann.jid, { text: "hello" });
    await ann.hears("hello");
    sim.faults.at("out", { do: "drop" }, { when: "notification", times: 5 });
    phone.losesPreKeys();
    const ben = sim.contact("628123456780", { name: "Ben" });
    await ben.says("hello");
    await client.received("hello");
    sim.assertNoProblems();
  });

  test("a client that reuses a pre-key id for another key is found out", async () => {
    await client.disconnect();
    phone.losesPreKeys();
    client.auth.creds.nextPreKeyId = 1;
    client.auth.creds.firstUnuploadedPreKeyId = 1;
    client.connect();
    await sim.until(() => sim.problems.length > 0);
    expect(sim.problems[0]).toContain("was uploaded before with other bytes");
  });

  test("a client that rolls its session back is found out", async () => {
    await client.socket.sendMessage(ann.jid, { text: "one" });
    await ann.hears("one");
    await ann.says("two");
    await client.received("two");
    const snapshot = client.auth.snapshot();
    await client.socket.sendMessage(ann.jid, { text: "three" });
    await ann.hears("three");
    client.auth.restore(snapshot);
    await client.socket.sendMessage(ann.jid, { text: "four" });
    await sim.until(() => sim.problems.length > 0);
    expect(sim.problems[0]).toContain("of a ratchet twice");
  });
});

test("one seed, one replay: chance strikes the same stanzas", async () => {
  const struck: number[][] = [];
  for (let run = 0; run < 2; run++) {
    const other = await startMarch2026({ seed: 42 });
    const twin = await linkedClient(other, "6281100000001");
    await other.until(() => other.record.unsettled().length === 0);
    const cat = other.contact("628123456789");
    const rule = other.faults.at("out", { do: "repeat", times: 2 }, { when: "message", chance: 0.3 });
    const said = await cat.saysMany(Array.from({ length: 30 }, (_, at) => `m${at}`));
    await twin.received("m29");
    expect(rule.struck).toBeGreaterThan(0);
    struck.push(said.map((one) => Number.parseInt(one.id.slice(2, 8), 16) + rule.struck));
    await twin.disconnect();
    await other.stop();
  }
  expect(struck[0]).toEqual(struck[1]);
});
