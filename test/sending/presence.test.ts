import { expect, test } from "bun:test";
import { startBot, type TestBot } from "../harness.ts";

/** The types of the presences that the bot has said so far, in order. */
function presences(bot: TestBot): (string | undefined)[] {
  const said: (string | undefined)[] = [];
  bot.sim.raw.trace(({ direction, stanza }) => {
    const { to, type } = stanza.attrs;
    if (direction === "in" && stanza.tag === "presence" && to === undefined) said.push(type);
  });
  return said;
}

const newest = { profile: "newest", seed: 5, history: "inline", appState: "patches" } as const;

test("an account is offline from its link on, and what the API says holds through every reconnect", async () => {
  await using bot = await startBot({ simulator: newest });
  const said = presences(bot);
  await bot.link();
  await bot.sim.until(() => said.length > 0);
  bot.phone.renamesItself("Budi W.");
  await bot.sim.settles();
  expect(new Set(said)).toEqual(new Set(["unavailable"]));

  await bot.call("PUT", "/v1/devices/default/presence", { online: true });
  await bot.sim.until(() => said.at(-1) === "available");
  said.length = 0;
  bot.phone.renamesItself("Budi");
  await bot.sim.settles();
  expect(new Set(said)).toEqual(new Set(["available"]));
  said.length = 0;
  bot.sim.faults.cut();
  // Baileys says that it is not there with each connection; ours is the last word.
  await bot.sim.until(() => said.at(-1) === "available");
  expect(said.every((type) => type !== undefined)).toBe(true);
  bot.sim.assertNoProblems();
});
