import { Database } from "bun:sqlite";
import { join } from "node:path";
import { newSecret } from "../../../src/core/webhook-secret.ts";
import { type Manner, ProofReceiver } from "./receivers.ts";
import type { Errand } from "./sender.ts";

export interface ProofSize {
  dir: string;
  events: number;
  chats: number;
  kills: number;
  /** How many times as fast as real time the schedule runs. */
  speed: number;
  /** For how long receivers misbehave, milliseconds of the fast clock. */
  outage: number;
  /** Gives up after so many real milliseconds. */
  deadline: number;
}

export interface ProofVerdict {
  /** Sentences; empty when everything held. */
  faults: string[];
  kills: number;
  deliveries: number;
  requests: number;
  /** Milliseconds to the receiver that behaves, beside all the others. */
  p50: number;
  p99: number;
  rssMb: number;
  seconds: number;
}

/** Everything a receiver can do wrong, and one that does nothing wrong. */
function manners({ outage, speed }: ProofSize): Record<string, Manner> {
  const real = outage / speed;
  const ok = { answer: 200 } as const;
  return {
    good: () => ok,
    down: ({ ms }) => (ms < real ? "reset" : ok),
    slow: () => ({ answer: 200, after: 20 }),
    hangs: ({ ms, nth }) => (ms < real && nth < 2 ? "hang" : ok),
    redirects: ({ nth }) => (nth === 0 ? { answer: 302, location: "http://127.0.0.1:1/" } : ok),
    late: ({ nth, ms }) => (ms < real && nth === 0 ? { answer: 200, after: 20_000 / speed } : ok),
    "one chat": ({ chat, ms }) => (chat === "chat0" && ms < real / 4 ? { answer: 500 } : ok),
    lies: ({ nth }) => ({ answer: 200, lie: nth === 0 }),
    busy: ({ nth, ms }) => (ms < real && nth === 0 ? { answer: 429, retryAfter: 5 } : ok),
  };
}

/** Receivers that misbehave while the sender is killed: nothing is lost, order holds, the good one does not notice. */
export async function prove(size: ProofSize): Promise<ProofVerdict> {
  const begun = Date.now();
  const receivers = await Promise.all(
    Object.entries(manners(size)).map(([name, manner]) => ProofReceiver.start(name, manner)),
  );
  const { dir, events, chats, speed } = size;
  const urls = receivers.map(({ url }) => url);
  const errand: Errand = { dir, urls, secret: newSecret(), events, chats, batch: 5, from: begun, speed };
  try {
    let sender = start(errand);
    for (let kill = 0; kill < size.kills; kill += 1) {
      await until(receivers, (kill + 1) / (size.kills + 1), events, begun + size.deadline);
      await sender.kill();
      sender = start(errand);
    }
    await until(receivers, 1, events, begun + size.deadline);
    const rssMb = await sender.memory();
    await sender.kill();
    return { ...verdict(receivers, size), rssMb, seconds: Math.round((Date.now() - begun) / 1000) };
  } finally {
    for (const receiver of receivers) receiver.stop();
  }
}

function start(errand: Errand) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "sender.ts"), JSON.stringify(errand)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  return {
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
    async memory() {
      await child.stdin.write("memory\n");
      await child.stdin.flush();
      let said = "";
      for await (const chunk of child.stdout) {
        said += new TextDecoder().decode(chunk);
        const bytes = /^(\d+)\n/m.exec(said)?.[1];
        if (bytes !== undefined) return Math.round(Number(bytes) / 2 ** 20);
      }
      return 0;
    },
  };
}

/** Resolves when all receivers together have taken this part of everything; a late end is found by the verdict. */
async function until(receivers: ProofReceiver[], part: number, events: number, deadline: number): Promise<void> {
  const goal = receivers.length * events * part;
  const there = Promise.withResolvers<void>();
  const look = (): void => {
    if (receivers.reduce((sum, { count }) => sum + count, 0) >= goal) there.resolve();
  };
  for (const receiver of receivers) receiver.onTaken = look;
  look();
  const timer = setTimeout(there.resolve, deadline - Date.now());
  await there.promise;
  clearTimeout(timer);
}

function verdict(receivers: ProofReceiver[], { dir, events, kills }: ProofSize) {
  const db = new Database(join(dir, "merpati.sqlite"), { readonly: true });
  const log = db.query<{ id: string; chat: string }, []>("SELECT id, chat FROM event ORDER BY place").all();
  const faults = [
    ...(log.length === events ? [] : [`${log.length} of ${events} events were recorded`]),
    ...receivers.flatMap((receiver) => [...lost(receiver, log), ...disordered(receiver, log)]),
    ...miscounted(db, receivers),
  ];
  db.close();
  const times = receivers.find(({ name }) => name === "good")?.latencies.toSorted((a, b) => a - b) ?? [];
  const at = (part: number) => times[Math.floor(times.length * part)] ?? 0;
  const requests = receivers.reduce((sum, { requests }) => sum + [...requests.values()].reduce((a, b) => a + b, 0), 0);
  return { faults, kills, deliveries: events * receivers.length, requests, p50: at(0.5), p99: at(0.99) };
}

function lost({ name, taken }: ProofReceiver, log: { id: string }[]): string[] {
  const arrived = new Set([...taken.values()].flat());
  const missing = log.filter(({ id }) => !arrived.has(id)).length;
  return missing === 0 ? [] : [`${name}: ${missing} of ${log.length} events did not arrive`];
}

function disordered({ name, taken }: ProofReceiver, log: { id: string; chat: string }[]): string[] {
  const order = new Map(log.map(({ id }, place) => [id, place]));
  return [...taken].flatMap(([chat, ids]) => {
    const places = ids.map((id) => order.get(id) ?? -1);
    return places.every((place, at) => at === 0 || place > (places[at - 1] ?? -1))
      ? []
      : [`${name}: ${chat} is out of order`];
  });
}

/** Every request that was made is an attempt that was counted, and every counted attempt is in the log. */
function miscounted(db: Database, receivers: ProofReceiver[]): string[] {
  const rows = db
    .query<{ id: string; url: string; attempts: number; noted: number; stage: string }, []>(
      `SELECT event.id, endpoint.url, attempts, stage,
         (SELECT count(*) FROM attempt WHERE attempt.event = place AND attempt.target = delivery.target) AS noted
       FROM delivery JOIN event ON place = delivery.event JOIN endpoint ON delivery.target = 'webhook:' || endpoint.id`,
    )
    .all();
  const requests = new Map(receivers.map(({ url, requests }) => [url, requests]));
  const wrong = rows.filter(({ id, url, attempts, noted, stage }) => {
    const open = stage === "running" ? 1 : 0; // the last kill came between the answer and its note
    return attempts < (requests.get(url)?.get(id) ?? 0) || noted !== attempts - open;
  });
  return wrong.length === 0 ? [] : [`${wrong.length} of ${rows.length} deliveries count their attempts wrongly`];
}
