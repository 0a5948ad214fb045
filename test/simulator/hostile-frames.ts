import { startMarch2026 } from "./march-2026.ts";
import { HOSTILE_FRAMES, type HostileFrame } from "../../src/simulator/index.ts";
import { type Client, linkedClient } from "./client.ts";

/** Sends every hostile frame to a client of its own, and prints as JSON what became of it. */
const thrown: unknown[] = [];
let looking: Client | undefined;
process.on("unhandledRejection", (cause) => {
  thrown.push(cause);
  looking?.look();
});

async function outcome(kind: HostileFrame): Promise<string> {
  thrown.length = 0;
  const sim = await startMarch2026({ seed: 1 });
  const client = await linkedClient(sim);
  looking = client;
  await sim.until(() => sim.record.unsettled().length === 0);
  const ann = sim.contact("628123456789");
  sim.faults.send(kind);
  await ann.says("after");
  await client.until(() => client.closed ?? (thrown.length > 0 || client.texts.includes("after")), "any outcome");
  const survived = thrown.length === 0 && client.closed === undefined;
  if (!survived) {
    // It may be deaf: the transport's counters no longer fit. A program over Baileys must end the connection itself.
    // "after" may have been acknowledged and dropped with Baileys' buffer, so another message is the proof.
    await client.disconnect();
    client.connect();
    await ann.says("again");
    await client.received("again");
  }
  await client.disconnect();
  await sim.stop();
  return survived ? "survived" : "exception, then received";
}

const outcomes: Record<string, string> = {};
for (const kind of HOSTILE_FRAMES) outcomes[kind] = await outcome(kind);
process.stdout.write(JSON.stringify(outcomes));
process.exit(0);
