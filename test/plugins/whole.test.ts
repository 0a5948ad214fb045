import { test } from "bun:test";
import { startBot } from "../harness.ts";

test("on the whole bot: !ping over WhatsApp is answered with pong, a typo with a hint", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  await ann.says("!ping", { to: bot.phone });
  await ann.hears("pong");
  await ann.says("!pign", { to: bot.phone });
  await ann.hears("There is no !pign. Did you mean !ping?");
  bot.sim.assertNoProblems();
});
