/**
 * A store that another build of the program made goes on under this one, killed in the middle of the change:
 * `bun test/crash/upgrade.ts path/to/older/merpati [messages each way]`
 */
import { Story } from "./story.ts";

const [older = "", each = "100"] = process.argv.slice(2);
const count = Number(each);
const say = (line: string) => process.stdout.write(`${line}\n`);
const story = await Story.begin({
  seed: 11,
  subject: older,
  inbound: 2 * count,
  outbound: 2 * count,
  kills: 0,
  contacts: 6,
});
let unread = 0;
story.sim.on(({ type }) => void (type === "message.undecryptable" && (unread += 1)));
try {
  await story.burst(count, count);
  const before = await story.verdict();
  say(
    `the older one: ${before.inbound} in, ${before.outbound} out, ${before.lost.length + before.unsent.length} missing`,
  );
  await story.becomes("./bot.ts");
  for (const nth of ["1", "7", "23"]) {
    // Spoken while it is down, and while it steps from the old records to new ones.
    await story.burst(Math.ceil(count / 6), 0);
    await story.revive({ CRASH_POINT: "inbound: decrypted, nothing on disk", CRASH_NTH: nth });
    await story.burst(Math.ceil(count / 6), 0);
    await story.subject.died();
    say(`killed at step ${nth}`);
  }
  await story.revive();
  await story.burst(0, count);
  const { lost, unsent, renamed, disordered, doubled, inbound, outbound, problems } = await story.verdict();
  say(
    JSON.stringify({
      inbound,
      outbound,
      lost,
      unsent,
      renamed,
      disordered,
      doubled,
      problems: problems.slice(0, 5),
      unread,
    }),
  );
} finally {
  await story.end();
}
process.exit(0);
