import { expect } from "bun:test";
import { Failure } from "../../src/core/base/failure.ts";
import { held, qr, received, refusal } from "../store/house.ts";
import { holds } from "./grounds.ts";

const texts = (events: { data: unknown }[]) =>
  events.map(({ data }) => (data as { content: { text: string } }).content.text);

holds("events get a gapless place per device, and a known one is silent", async (open) => {
  const { store } = await open();
  const [one, two] = [await held(store, "d1"), await held(store, "d2")];
  await store.ledger.record(one, { events: [received("a", "1", "x"), received("a", "2", "y")] });
  const { events: again } = await store.ledger.record(one, {
    events: [received("a", "2", "y"), received("a", "3", "z")],
  });
  await store.ledger.record(two, { events: [received("a", "other", "x")] });
  expect(texts(again)).toEqual(["3"]);
  const log = await store.ledger.after("d1", 0, 10);
  expect(log.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(texts(await store.ledger.after("d1", 1, 1))).toEqual(["2"]);
  expect(texts(await store.ledger.after("d2", 0, 10))).toEqual(["other"]);
  expect(await store.ledger.after("d1", 3, 10)).toEqual([]);
});

holds("what is live only has no place and is not in the log, but is owed", async (open) => {
  const { store } = await open({ targetsOf: () => ["webhook:w"] });
  const hold = await held(store);
  const { events: told } = await store.ledger.record(hold, { events: [qr("first"), received("a", "hi")] });
  expect(told.map(({ seq }) => seq)).toEqual([null, 1]);
  expect((await store.ledger.after("d1", 0, 10)).map(({ type }) => type)).toEqual(["message.received"]);
  const { events } = await store.deliveries.read({ target: "webhook:w", after: 0, limit: 9 });
  expect(events.map(({ event }) => event.type)).toEqual(["device.qr", "message.received"]);
});

holds("a void hold writes nothing", async (open) => {
  const { store } = await open();
  const old = await held(store);
  const given = new AbortController();
  const present = await store.devices.hold("d1", given.signal);
  expect(await refusal(store.ledger.record(old, { events: [received("a", "late")] }))).toStartWith("unavailable: ");
  await store.ledger.record(present, { events: [received("a", "fine")] });
  given.abort();
  expect(await refusal(store.ledger.record(present, { events: [received("a", "gone")] }))).toStartWith("unavailable: ");
  expect(texts(await store.ledger.after("d1", 0, 10))).toEqual(["fine"]);
});

holds("a batch is written whole or not at all", async (open) => {
  const { store } = await open({
    targetsOf: (event) => {
      if (event.once === "bad") throw new Failure("internal", "the second one fails");
      return ["webhook:w"];
    },
  });
  const hold = await held(store);
  const batch = { events: [received("a", "1"), received("a", "2", "bad")], device: { phase: "connected" as const } };
  expect(await refusal(store.ledger.record(hold, batch))).toStartWith("internal: ");
  expect(await store.ledger.after("d1", 0, 10)).toEqual([]);
  expect((await store.devices.list())[0]?.phase).toBe("stopped");
  const { events } = await store.ledger.record(hold, { events: [received("a", "3")] });
  expect(events[0]?.seq).toBe(1);
});

holds("the whole tenant reads as one log by place, filtered", async (open) => {
  const { store } = await open();
  const [one, two] = [await held(store, "d1"), await held(store, "d2")];
  await store.ledger.record(one, { events: [received("a", "1"), qr("q")] });
  await store.ledger.record(two, { events: [received("b", "2")] });
  await store.ledger.record(one, { events: [received("a", "3")] });
  const query = { tenant: "default", after: 0, types: null, devices: null, limit: 2 };
  const first = await store.ledger.page(query);
  expect(texts(first.events.map(({ event }) => event))).toEqual(["1", "2"]);
  const rest = await store.ledger.page({ ...query, after: first.events[1]?.place ?? 0 });
  expect(texts(rest.events.map(({ event }) => event))).toEqual(["3"]);
  const some = await store.ledger.page({ ...query, devices: ["d2"], types: ["message.received"] });
  expect(texts(some.events.map(({ event }) => event))).toEqual(["2"]);
  expect((await store.ledger.page({ ...query, tenant: "other" })).events).toEqual([]);
});

holds("asking before what is kept says what is, and behind the end where that is", async (open) => {
  const { store, clock } = await open();
  const hold = await held(store);
  await store.ledger.record(hold, { events: [received("a", "1"), received("a", "2")] });
  clock.wind(40 * 86_400_000);
  await store.ledger.record(hold, { events: [received("a", "3"), received("a", "4")] });
  const [now, maxAge] = [clock.now(), 30 * 86_400_000];
  while ((await store.retention.prune({ now, due: now, maxAge, maxBytes: 1e12, owedTo: [] })).more) continue;
  expect(await refusal(store.ledger.after("d1", 1, 10))).toMatch(/^gone: .*is 3/);
  expect(texts(await store.ledger.after("d1", 2, 10))).toEqual(["3", "4"]);
  expect(await refusal(store.ledger.after("d1", 5, 10))).toMatch(/^gone: The log ends at 4: .* Use after=4\.$/);
});

holds("an event is found by its id, by its tenant alone", async (open) => {
  const { store } = await open();
  const { events } = await store.ledger.announce("default", [received("a", "1")]);
  const id = events[0]?.id ?? "";
  expect((await store.ledger.event("default", id))?.event).toMatchObject({ id, seq: null, device: null });
  expect(await store.ledger.event("other", id)).toBeNull();
  expect(await store.ledger.event("default", "none")).toBeNull();
});

holds("ratchets, events, history and the device are one write: refused, none of them is there", async (open) => {
  const { store } = await open();
  const old = await held(store);
  const present = await store.devices.hold("d1", new AbortController().signal);
  const batch = {
    events: [received("a", "1")],
    contacts: [{ phone: "628111", lid: null, name: null, pushName: "Ann" }],
    device: { label: "Shop" },
    vault: { keys: { session: { "1.0": new Uint8Array([7]) } }, seen: ["h"] },
  };
  expect(await refusal(store.ledger.record(old, batch))).toStartWith("unavailable: ");
  const vault = await store.vaults.open(present);
  const there = async () => [
    (await store.ledger.after("d1", 0, 9)).length,
    (await store.contacts.list("d1", { search: null, after: null, limit: 9 })).length,
    (await store.devices.list())[0]?.label,
    Object.keys(await vault.get("session", ["1.0"])).length,
    await vault.journalled("h"),
  ];
  expect(await there()).toEqual([0, 0, null, 0, null]);
  await store.ledger.record(present, batch);
  expect(await there()).toEqual([1, 1, "Shop", 1, { plaintext: null }]);
  await vault.close();
});
