/** Plays every story with clients that nobody here wrote: what they say against the simulator, nobody here can have invented. */
import { type ProfileName, startSimulator } from "../../src/simulator/index.ts";
import { join } from "node:path";
import { buildGoPlayer } from "./go-build.ts";
import type { Complaint, Player, Server } from "./player.ts";
import { ProcessPlayer } from "./process-player.ts";
import { link, settled, type Stage, type Story } from "./story.ts";
import { STORIES } from "./stories.ts";

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** What every client of its make complains of whoever the server is. */
type Custom = readonly { readonly line: RegExp; readonly since: string }[];

interface Make {
  readonly name: string;
  /** The WhatsApp it can speak to. */
  readonly profile: ProfileName;
  readonly customs: Custom;
  start(server: Server): Player;
}

async function whatsmeow(): Promise<Make> {
  const program = await buildGoPlayer();
  // The last of what a phone tells a new companion, and the last it fetches then.
  const signs = [
    ["history", "type", "RECENT"],
    ["app-state", "name", "regular_low"],
  ] as const;
  return {
    name: "whatsmeow",
    profile: "newest",
    customs: [
      {
        line: /Received stream end frame/,
        since: "the stream ends before whatsmeow has worked off the stanza that says why",
      },
      { line: /Error sending close to websocket/, since: "the server ends the socket first, and without a word" },
    ],
    start: (server) => new ProcessPlayer([program], signs, server),
  };
}

function baileys(): Make {
  const command = [process.execPath, join(import.meta.dir, "baileys", "player.ts")];
  return {
    name: "stock Baileys",
    profile: "2026-03",
    // It calls what is ordinary an error, such as the stream that ends after pairing; what it does is what counts.
    customs: [{ line: /^/, since: "stock Baileys logs the ordinary as errors" }],
    start: (server) => new ProcessPlayer(command, [["history", "type", "RECENT"]], server),
  };
}

async function play(make: Make, story: Story): Promise<string[]> {
  const sim = await startSimulator({ profile: make.profile, seed: story.name, unaskedQueueMs: 50 });
  const phone = sim.phone("6281100000001", { name: "Budi" });
  const ann = sim.contact("628123456789", { name: "Ann" });
  const server = { url: sim.secureUrl, rootKey: sim.rootKey, ca: sim.certificate };
  const players: Player[] = [];
  const another = async (): Promise<Player> => {
    const player = make.start(server);
    players.push(player);
    return player;
  };
  const faults: string[] = [];
  try {
    const stage: Stage = { sim, phone, ann, player: await another(), another };
    if (!story.unlinked) await link(stage.player, stage);
    await story.play(stage);
    await settled(sim);
  } catch (cause) {
    faults.push(cause instanceof Error ? cause.message : String(cause));
  } finally {
    for (const player of players) await player.stop();
    await sim.stop();
  }
  faults.push(...sim.problems.map((problem) => `the simulator: ${problem}`));
  faults.push(...unexpected(players, [...make.customs, ...(story.expects ?? [])]));
  return faults;
}

function unexpected(players: readonly Player[], customs: Custom): string[] {
  const complaints: Complaint[] = players.flatMap((player) => player.complaints);
  return complaints
    .filter(({ text }) => !customs.some(({ line }) => line.test(text)))
    .map(({ level, text }) => `the client: ${level} ${text}`);
}

async function playAll(make: Make, only: string | undefined): Promise<number> {
  let failed = 0;
  const wanted = STORIES.filter(({ name }) => only === undefined || name.includes(only));
  const stories = wanted.filter((story) => story.only === undefined || story.only === make.name);
  for (const story of stories) {
    const begun = performance.now();
    const faults = await play(make, story);
    say(`${faults.length === 0 ? "✓" : "✗"} ${make.name}: ${story.name} (${Math.round(performance.now() - begun)} ms)`);
    for (const fault of faults) say(`    ${fault.replaceAll("\n", "\n    ")}`);
    if (faults.length > 0) failed += 1;
  }
  say(`${make.name}: ${stories.length - failed} of ${stories.length} stories passed`);
  return failed;
}

const only = process.argv[2];
let failed = await playAll(baileys(), only);
if (Bun.which("go") === null) say("!!! NOT RUN, since there is no go here: the stories with whatsmeow.");
else failed += await playAll(await whatsmeow(), only);
process.exit(failed === 0 ? 0 : 1);
