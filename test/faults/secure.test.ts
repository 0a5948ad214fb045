import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { startBot, type TestBot } from "../harness.ts";
import { saysText } from "./heard.ts";
import { ToldClock } from "./told-clock.ts";

/** The bot again, on the same folder, over TLS. */
async function overTls(bot: TestBot, env: Record<string, string>): Promise<void> {
  env["WHATSAPP_URL"] = bot.sim.secureUrl;
  await bot.restart();
}

test("links, hears and answers over wss, by the authority in WHATSAPP_CA", async () => {
  const env: Record<string, string> = {};
  await using bot = await startBot({ env });
  await overTls(bot, env);
  expect(bot.sim.secureUrl).toStartWith("wss://");
  await bot.link();
  const ann = bot.contact();
  await ann.says("over TLS", { to: bot.phone });
  await bot.receiver.next("message.received", saysText("over TLS"));
  await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "heard" });
  await ann.hears("heard");
  bot.sim.assertNoProblems();
});

test("an authority that nobody named is not trusted: the bot goes on trying, and connects to nobody", async () => {
  const stranger = await startBotSimulator();
  const file = join(tmpdir(), `merpati-stranger-${process.pid}.pem`);
  await Bun.write(file, stranger.certificate);
  const env: Record<string, string> = {};
  const clock = new ToldClock();
  await using bot = await startBot({ env, stands: { clock } });
  await bot.link();
  env["WHATSAPP_CA"] = file;
  await overTls(bot, env);
  let met = 0;
  bot.sim.on(({ type }) => void (met += type === "client.connected" ? 1 : 0));
  for (let attempt = 0; attempt < 3; attempt++) {
    await bot.device.stop();
    await bot.device.start();
    await clock.until(() => bot.device.status().phase === "waiting", "the pause");
    expect(bot.device.status().reason).toBe("connection_lost");
  }
  expect(met).toBe(0);
  await stranger.stop();
  await Bun.file(file).delete();
});
