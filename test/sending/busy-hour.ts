import { busyHour } from "./busy.ts";

/**
 * The large size of `busy.test.ts`: an hour of traffic with ten busy minutes. Exits with 1 when anything is lost; with
 * `--control`, which wires Baileys as most bots do, when nothing is.
 */
const control = process.argv.includes("--control");
const size = { messages: 2_000, minutes: 60, faults: 10, seed: 11 };
const { mostAsked, lateSeconds, ...result } = await busyHour({ ...size, control });
process.stdout.write(`${JSON.stringify({ ...result, mostAsked, lateSeconds })}\n`);
const { sent, arrived, failed, doubled, disordered } = result;
const isWhole = arrived === sent && failed + doubled + disordered === 0;
const isWell = isWhole && lateSeconds < 15 * 60 && mostAsked <= 1;
process.exit(isWell === control ? 1 : 0);
