/** Writes to the folder it is given until it is killed, saying each number once it is written. */
import { openStore } from "../../src/store/open.ts";
import { device, received } from "./rows.ts";

const clock = { now: () => 1, monotonic: () => 1, after: () => () => {} };
const store = await openStore({ dir: process.argv[2] ?? "", clock, targetsOf: () => ["webhook:w"] });
if ((await store.devices.list()).length === 0) await store.devices.create(device("d1"));
const hold = await store.devices.hold("d1", new AbortController().signal);
const vault = await store.vaults.open(hold);
const log = await store.ledger.after("d1", 0, 1_000_000);
for (let n = log.length + 1; ; n += 1) {
  await vault.commit({ credentials: String(n) });
  await store.ledger.record(hold, { events: [received("a", "text", String(n))] });
  process.stdout.write(`${n}\n`);
}
