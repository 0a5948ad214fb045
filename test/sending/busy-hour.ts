import { busyHour } from "./busy.ts";

/** The large size of `busy.test.ts`: an hour of traffic with ten busy minutes. Exits with 1 when anything is lost. */
const { mostAsked, lateSeconds, ...result } = await busyHour({ messages: 2_000, minutes: 60, faults: 10, seed: 11 });
process.stdout.write(`${JSON.stringify({ ...result, mostAsked, lateSeconds })}\n`);
const { sent, arrived, failed, doubled, disordered } = result;
const isWhole = arrived === sent && failed + doubled + disordered === 0;
// A simulated second is a few milliseconds of the wire: what left in one may be counted in the next.
process.exit(isWhole && lateSeconds < 15 * 60 && mostAsked <= 2 ? 0 : 1);
