import { expect, test } from "bun:test";
import { type Point, points } from "./crash/points.ts";
import { Story, type StoryOptions } from "./crash/story.ts";

const nothingWrong = { lost: [], renamed: [], disordered: [], unsent: [], doubled: [], problems: [] };

/** More of everything in `check --long`. */
const scale = Number(process.env["CRASH_SCALE"] ?? 1);

async function played(options: StoryOptions) {
  const story = await Story.begin(options);
  try {
    return await story.play();
  } finally {
    await story.end();
  }
}

test(
  "kill -9 at random moments loses nothing, in order, each under one id",
  async () => {
    const [inbound, outbound, kills] = [300 * scale, 12 * scale, 4 * scale];
    const verdict = await played({ seed: 7, subject: "./bot.ts", inbound, outbound, kills });
    expect(verdict).toMatchObject({ ...nothingWrong, kills, inbound, outbound });
  },
  120_000 * scale,
);

test(
  "kill -9 while the queue is pulled loses nothing, in batches of five and of two hundred",
  async () => {
    for (const largestBatch of [5, 200]) {
      const simulator = { queue: "pulled", largestBatch } as const;
      const [inbound, kills] = [300 * scale, 2 * scale];
      const verdict = await played({ seed: 11, subject: "./bot.ts", inbound, outbound: 0, kills, simulator });
      expect(verdict).toMatchObject({ ...nothingWrong, kills, inbound });
    }
  },
  120_000 * scale,
);

test("three hundred that waited during an absence arrive, killed in between, and then what is live", async () => {
  const story = await Story.begin({ seed: 13, subject: "./bot.ts", inbound: 0, outbound: 0, kills: 0 });
  try {
    const servers: ["pulled" | "whole", number][] = [
      ["pulled", 200],
      // It gives all at once to whoever asks, and to who does not.
      ["whole", 200],
    ];
    // Sixty batches take six seconds.
    if (scale > 1) servers.push(["pulled", 5]);
    for (const [queue, largestBatch] of servers) {
      story.sim.assume({ queue, largestBatch });
      const verdict = await story.absence(300, 5);
      expect(verdict).toMatchObject(nothingWrong);
    }
  } finally {
    await story.end();
  }
}, 60_000);

test("the same with stock wiring loses messages, so the proof can see a loss", async () => {
  const options = { seed: 7, subject: "./stock.ts", inbound: 300, outbound: 0, kills: 4, settleMs: 3_000 };
  const verdict = await played(options);
  expect(verdict.lost.length).toBeGreaterThan(0);
}, 120_000);

/** Speaks, is killed and speaks again, to one who installed WhatsApp anew too: what WhatsApp has against the keys that were used. */
async function keyProblems(subject: string): Promise<string[]> {
  const story = await Story.begin({ seed: 7, subject, inbound: 8, outbound: 120, kills: 2, settleMs: 3_000 });
  try {
    await story.burst(4, 40);
    await story.verdict();
    await story.subject.kill();
    await story.revive();
    await story.burst(0, 40);
    await story.verdict();
    await story.subject.kill();
    story.reinstall();
    await story.revive();
    await story.burst(4, 40);
    const { problems } = await story.verdict();
    return problems.filter((problem) => /ratchet twice|sender key|two sessions|pre-key/.test(problem));
  } finally {
    await story.end();
  }
}

test("no step of a ratchet is taken twice, whenever it is killed", async () => {
  expect(await keyProblems("./bot.ts")).toEqual([]);
}, 60_000);

test("a store that forgets the steps takes them twice, and WhatsApp sees it", async () => {
  expect((await keyProblems("./forgetful.ts")).join()).toMatch(/used counter \d+ of a ratchet twice/);
}, 60_000);

/** Linking dies before there is anything to lose: it must work the second time. */
const inTraffic = points.filter((point) => !point.startsWith("linking"));

for (const point of inTraffic) {
  test(`dying at "${point}" loses nothing`, async () => {
    const verdict = await dying(point);
    expect(verdict).toMatchObject({ ...nothingWrong, inbound: 24 });
  }, 60_000);
}

async function dying(point: Point) {
  const story = await Story.begin({ seed: 3, subject: "./bot.ts", inbound: 24, outbound: 4, kills: 0 });
  try {
    await story.subject.kill();
    await story.revive({ CRASH_POINT: point, CRASH_NTH: "1" });
    await story.burst(24, 4);
    await story.subject.died();
    await story.revive();
    return await story.verdict();
  } finally {
    await story.end();
  }
}
