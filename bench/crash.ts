/**
 * The full proof: kill -9 again and again under traffic, from WhatsApp to the receiver and back.
 * `bun bench/crash.ts [kills] [inbound] [outbound] [seed]`; by default 500, 50,000 and 10,000.
 */
import { Story } from "../test/crash/story.ts";

const [kills = 500, inbound = 50_000, outbound = 10_000, seed = Date.now() % 1_000_000] = process.argv
  .slice(2)
  .map(Number);
process.stdout.write(`seed ${seed}: ${kills} kills, ${inbound} inbound, ${outbound} outbound\n`);

const started = performance.now();
const story = await Story.begin({
  seed,
  subject: "./bot.ts",
  inbound,
  outbound,
  kills,
  contacts: 20,
  settleMs: 300_000,
  onKill: (count) => count % 50 === 0 && process.stdout.write(`${count} kills\n`),
});
const verdict = await story.play();
await story.end();
const seconds = Math.round((performance.now() - started) / 1000);
const { lost, renamed, disordered, unsent, doubled, problems, ...counts } = verdict;
const wrong = { lost, renamed, disordered, unsent, doubled, problems };
const summary = Object.fromEntries(Object.entries(wrong).map(([name, list]) => [name, list.length]));
process.stdout.write(`${JSON.stringify({ ...counts, ...summary, seconds })}\n`);
await Bun.write("artefacts/crash.json", JSON.stringify({ ...verdict, seconds }, null, 2));
process.exit(Object.values(summary).every((count) => count === 0) ? 0 : 1);
