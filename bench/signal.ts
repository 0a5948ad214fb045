/**
 * What a decryption costs: CPU of the Signal part alone, ours against libsignal on the same records, after ever more
 * exchanges with one contact. `bun bench/signal.ts [exchanges]`
 */
import { acquainted, exchange, type Message, type Party } from "../test/whatsapp/signal/party.ts";
import { decryptFromDevice } from "../src/whatsapp/signal/session-cipher.ts";

const rounds = 400;
/** Slices of both, by turns, so that what else runs on the machine meets both alike. */
const slices = 10;

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

interface Cost {
  /** A message of a chain that is under way, and one that turns the ratchet, in µs of CPU. */
  next: number;
  turn: number;
}

/** Messages that each is the next one of `bob`'s record as it stands: decrypted again and again, kept never. */
function measured(bob: Party, { type, ciphertext }: Message): number {
  const { sessions, local } = bob;
  const begun = cpuMicros();
  for (let at = 0; at < rounds; at++) decryptFromDevice(sessions, local, type, ciphertext);
  return (cpuMicros() - begun) / rounds;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Interleaved: each slice measures all of the worlds. */
function costs(worlds: readonly { ann: Party; bob: Party }[]): Cost[] {
  const samples = worlds.map(() => ({ next: [] as number[], turn: [] as number[] }));
  for (let slice = 0; slice < slices; slice++) {
    for (const [at, { ann, bob }] of worlds.entries()) {
      exchange({ ann, bob });
      const turn = ann.say("What would you like to know about the pigeons of today?");
      samples[at]?.turn.push(measured(bob, turn));
      bob.hear(turn);
      samples[at]?.next.push(measured(bob, ann.say("What would you like to know about the pigeons of tomorrow?")));
    }
  }
  return samples.map(({ next, turn }) => ({ next: median(next), turn: median(turn) }));
}

const most = Number(process.argv[2] ?? 100_000);
const stages = [10, 1_000, 10_000, 100_000].filter((stage) => stage <= most);
const worlds = stages.map((stage) => {
  const both = acquainted();
  for (let at = 0; at < stage; at++) exchange(both);
  return both;
});
costs(worlds); // warm
const found = costs(worlds);
const say = (line: string) => process.stdout.write(`${line}\n`);
for (const [at, { next, turn }] of found.entries()) {
  const size = worlds[at]?.bob.sessions?.length;
  say(
    `after ${stages[at]} exchanges: ${next.toFixed(1)} µs, with a turn of the ratchet ${turn.toFixed(1)} µs; ${size} bytes`,
  );
}
