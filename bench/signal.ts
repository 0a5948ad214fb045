/**
 * What a decryption costs: processor time of the Signal part alone, ours and libsignal's on the same records, by turns in
 * the same run, after ever more exchanges with one contact. `bun bench/signal.ts [exchanges]`
 */
import { libsignalDecrypt, toLibsignal } from "../test/whatsapp/signal/libsignal-engine.ts";
import { acquainted, exchange, type Message, type Party } from "../test/whatsapp/signal/party.ts";
import { decryptFromDevice } from "../src/whatsapp/signal/session-cipher.ts";
import { SessionRecord } from "../src/whatsapp/signal/session-record.ts";
import { round, type Row, show } from "./table.ts";

const rounds = 400;
/** Slices of all, by turns, so that what else runs on the machine meets them alike. */
const slices = 12;

/** Microseconds of processor time for one of `rounds`. */
async function cost(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  for (let at = 0; at < rounds; at++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / rounds;
}

/** Decrypts the next message of the record as it stands, again and again, and keeps nothing. */
const ours = ({ sessions, local }: Party, { type, ciphertext }: Message) =>
  cost(() => decryptFromDevice(sessions, local, type, ciphertext));

function theirs({ sessions, local }: Party, { type, ciphertext }: Message) {
  const record = SessionRecord.read(sessions);
  const json = toLibsignal(
    Array.from({ length: record.size }, (_, place) => record.at(place)),
    record.isOpen,
  );
  return cost(() => libsignalDecrypt(json, local, type, ciphertext));
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

export async function signal(most = 100_000): Promise<Row[]> {
  const stages = [10, 1_000, 10_000, 100_000].filter((stage) => stage <= most);
  const worlds = stages.map((stage) => {
    const both = acquainted();
    for (let at = 0; at < stage; at++) exchange(both);
    return { ...both, next: [] as number[], turn: [] as number[], control: [] as number[] };
  });
  for (let slice = -2; slice < slices; slice++) {
    for (const { ann, bob, ...samples } of worlds) {
      exchange({ ann, bob });
      const turn = ann.say("What would you like to know about the pigeons of today?");
      const turned = await ours(bob, turn);
      bob.hear(turn);
      const next = ann.say("What would you like to know about the pigeons of tomorrow?");
      const [mine, control] = [await ours(bob, next), await theirs(bob, next)];
      if (slice < 0) continue; // warm
      samples.turn.push(turned);
      samples.next.push(mine);
      samples.control.push(control);
    }
  }
  const control = median(worlds.flatMap((world) => world.control));
  const row = (what: string, value: number): Row => ({
    what: `signal, ${what}`,
    value: round(value, 1),
    unit: "µs CPU",
  });
  return [
    row("a message, libsignal on a record cut down to ours", control),
    ...worlds.flatMap(({ next, turn, bob }, at) => [
      { ...row(`a message after ${stages[at]} exchanges`, median(next)), ratio: median(next) / control },
      row(`… that turns the ratchet; the record has ${bob.sessions?.length} bytes`, median(turn)),
    ]),
  ];
}

if (import.meta.main) {
  show(await signal(...process.argv.slice(2).map(Number)));
  process.exit(0);
}
