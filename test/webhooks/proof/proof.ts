import { join } from "node:path";
import { newSecret } from "../../../src/core/webhooks/webhook-secret.ts";
import { Dice } from "../../crash/dice.ts";
import { misfits } from "./manners.ts";
import type { ProofReceiver } from "./receivers.ts";
import type { Errand } from "./sender.ts";
import { faultsOf } from "./verdict.ts";

export interface ProofSize {
  dir: string;
  /** Decides when it is killed. */
  seed: number;
  events: number;
  chats: number;
  kills: number;
  /** How many times as fast as real time the schedule runs. */
  speed: number;
  /** For how long receivers misbehave, milliseconds of the fast clock. */
  outage: number;
  /** Gives up after so many real milliseconds. */
  deadline: number;
  /** Another sender, for a control. */
  sender?: string;
}

export interface ProofVerdict {
  seed: number;
  /** Sentences; empty when everything held. */
  faults: string[];
  kills: number;
  deliveries: number;
  requests: number;
  /** The sender's memory as the work went on, MB: of the life it was in, how far all was. */
  memory: { life: number; part: number; mb: number }[];
  seconds: number;
}

/** Receivers that misbehave while the sender is killed: nothing is lost, order holds, the log tells what happened. */
export async function prove(size: ProofSize): Promise<ProofVerdict> {
  const begun = Date.now();
  const { dir, seed, events, chats, speed, kills, sender = "./sender.ts" } = size;
  const receivers = await misfits(size.outage / speed, speed);
  const urls = receivers.map(({ url }) => url);
  const errand: Errand = { dir, urls, secret: newSecret(), events, chats, batch: 5, from: begun, speed };
  const memory: ProofVerdict["memory"] = [];
  try {
    let life = 0;
    let subject = start(sender, errand);
    for (const { part, kill } of plan(seed, kills)) {
      await until(receivers, part, events, begun + size.deadline);
      if (!kill) memory.push({ life, part: round(part), mb: await subject.memory() });
      if (!kill) continue;
      await subject.kill();
      subject = start(sender, errand);
      life += 1;
    }
    await until(receivers, 1, events, begun + size.deadline);
    await subject.kill();
    const requests = receivers
      .flatMap(({ answers }) => [...answers.values()])
      .reduce((sum, { length }) => sum + length, 0);
    const deliveries = receivers.reduce((sum, { count }) => sum + count, 0);
    const faults = faultsOf(receivers, dir, events, kills);
    return { seed, faults, kills, deliveries, requests, memory, seconds: Math.round((Date.now() - begun) / 1000) };
  } finally {
    for (const receiver of receivers) receiver.stop();
  }
}

/** How far the work is when something is done: a look at its memory every twentieth, and the kills as the dice fall. */
function plan(seed: number, kills: number): { part: number; kill: boolean }[] {
  const dice = new Dice(seed);
  const deaths = Array.from({ length: kills }, () => ({ part: dice.roll(), kill: true }));
  const looks = Array.from({ length: 19 }, (_, n) => ({ part: (n + 1) / 20, kill: false }));
  return [...deaths, ...looks].toSorted((a, b) => a.part - b.part);
}

const round = (part: number): number => Math.round(part * 100) / 100;

function start(sender: string, errand: Errand) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, sender), JSON.stringify(errand)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return {
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
    /** Megabytes; it answers once it has recorded everything. */
    async memory() {
      await child.stdin.write("memory\n");
      await child.stdin.flush();
      for (let said = ""; ;) {
        const { value, done } = await lines.read();
        if (done) return 0;
        said += value;
        const bytes = /^(\d+)\n/m.exec(said)?.[1];
        if (bytes !== undefined) return Math.round(Number(bytes) / 2 ** 20);
      }
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
  const timer = setTimeout(there.resolve, Math.max(0, deadline - Date.now()));
  await there.promise;
  clearTimeout(timer);
}
