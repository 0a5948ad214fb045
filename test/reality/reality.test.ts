import { afterAll, beforeAll, expect, test } from "bun:test";
import { KnownFailures } from "../known.ts";
import { endings, mistakesInFiles, stanzas } from "./cases.ts";
import { Endings } from "./endings.ts";
import { Replay } from "./replay.ts";
import { World } from "./world.ts";

const known = new KnownFailures(new URL("known.json", import.meta.url));
let world: World;
let faults: ReadonlyMap<string, string | null>;

beforeAll(async () => {
  world = await World.open();
  faults = new Map([...(await endingFaults()), ...(await stanzaFaults())]);
}, 120_000);

const isListed = (id: string): boolean => known.names.includes(id);
const endingFaults = () => new Endings(world, isListed).faults(endings);

async function stanzaFaults(): Promise<ReadonlyMap<string, string | null>> {
  const replay = await Replay.begin(world);
  for (const one of stanzas) await replay.play(one, { listed: isListed(one.id) });
  return replay.faults();
}

afterAll(() => world[Symbol.asyncDispose]());

test("the files and the list are in order", () => {
  expect(mistakesInFiles()).toEqual([]);
  known.assertWithin([...stanzas, ...endings].map(({ id }) => id));
});

test.each([...stanzas, ...endings].map(({ id }) => id))("%s", (id) => known.judge(id, faults.get(id) ?? null));

test("the bot is alive after all of them", () => expect(world.bot.running).toBe(true));
