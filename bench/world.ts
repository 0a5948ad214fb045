/** The world around a client under measurement: a simulated WhatsApp and a webhook receiver, in a process of their own. */
import { startBotSimulator } from "../src/cli/base/simulated.ts";
import type { SentMessages } from "../src/simulator/index.ts";
import { serve } from "./child.ts";

const ownNumber = "6281100000001";
const sim = await startBotSimulator({ seed: 1, historySync: false });
const phone = sim.phone(ownNumber, { name: "Budi" });

let prepared: { sent: SentMessages[]; release: () => void }[] = [];
const hooked = new Set<string>();
/** When each message came to the receiver, milliseconds. */
const hookedAt = new Map<string, number>();
let enough: { count: number; done: () => void } | null = null;

const receiver = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: async (request) => {
    const event = (await request.json()) as { type: string; data: { id: string } };
    if (event.type === "counted") counted();
    if (event.type === "message.received") {
      hooked.add(event.data.id);
      hookedAt.set(event.data.id, performance.now());
    }
    if (enough && hooked.size >= enough.count) enough.done();
    return new Response();
  },
});

let counted = (): void => {};

async function release(done: Promise<void>): Promise<number> {
  const start = performance.now();
  for (const { release } of prepared) release();
  await done;
  return performance.now() - start;
}

const peopleOf = (count: number) =>
  Array.from({ length: count }, (_, at) => sim.contact(`62812${String(at).padStart(7, "0")}`));

let taken = Promise.resolve();

serve({
  where: () => ({ url: sim.url, rootKey: sim.rootKey, webhook: `http://127.0.0.1:${receiver.port}/` }),
  scan: (qr: string) => phone.scan(qr).then(() => undefined),
  /** Encrypts `messages` texts from `contacts` contacts in turn, after each has written once (pkmsg to msg). */
  prepare: async ({ messages, contacts, name = "message" }: { messages: number; contacts: number; name?: string }) => {
    const people = peopleOf(contacts);
    for (const person of people) await (await person.says("first", { to: phone })).receipted();
    hooked.clear();
    const each = Math.ceil(messages / contacts);
    prepared = people.map((person) =>
      person.draftsMany(
        Array.from({ length: each }, (_, at) => `${name} ${at}`),
        { to: phone },
      ),
    );
    return each * contacts;
  },
  /** Lets the messages go. Resolves with the milliseconds until the last receipt. */
  receipted: () => {
    const missing = new Set(prepared.flatMap(({ sent }) => sent.map(({ id }) => id)));
    // One listener for all: thousands of waits would measure themselves.
    const done = new Promise<void>((resolve) => {
      const stop = sim.on((event) => {
        if (event.type !== "message.receipt" || !missing.delete(event.id) || missing.size > 0) return;
        stop();
        resolve();
      });
    });
    return release(done);
  },
  /** Lets the messages go. Resolves with the milliseconds until the receiver has all of them. */
  delivered: async () => {
    const count = prepared.reduce((sum, { sent }) => sum + sent.length, 0);
    const done = new Promise<void>((resolve) => (enough = { count, done: resolve }));
    return release(done);
  },
  /** Lets the messages go. Resolves with the milliseconds until a plugin says that it has all of them. */
  counted: () => release(new Promise<void>((resolve) => (counted = resolve))),
  /** The numbers of contacts that have written once. */
  contacts: async (count: number) => {
    const people = peopleOf(count);
    for (const person of people) await (await person.says("first", { to: phone })).receipted();
    return people.map(({ number }) => number);
  },
  /** So many messages are to be taken from now on: `taken` resolves when they are. */
  expect: (count: number) => {
    let left = count;
    taken = new Promise((resolve) => {
      const stop = sim.on((event) => {
        if (event.type !== "message.sent" || --left > 0) return;
        stop();
        resolve();
      });
    });
  },
  taken: () => taken,
  /** `rate` messages a second, evenly. Resolves with the milliseconds of each from its frame to the receiver, sorted. */
  latencies: async ({ messages, rate, contacts }: { messages: number; rate: number; contacts: number }) => {
    const people = peopleOf(contacts);
    for (const person of people) await (await person.says("first", { to: phone })).receipted();
    const done = new Promise<void>((resolve) => (enough = { count: hooked.size + messages, done: resolve }));
    const left = new Map<string, number>();
    const begun = performance.now();
    for (let at = 0; at < messages; at += 1) {
      const ahead = begun + (at * 1000) / rate - performance.now();
      if (ahead > 0) await Bun.sleep(ahead);
      const before = performance.now();
      const sent = await people[at % contacts]?.says(`message ${at}`, { to: phone });
      if (sent) left.set(sent.id, before);
    }
    await done;
    return [...left].map(([id, at]) => (hookedAt.get(id) ?? Infinity) - at).sort((a, b) => a - b);
  },
  problems: () => sim.problems,
});
