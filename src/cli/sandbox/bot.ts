import { createInterface } from "node:readline";
import { readConfig } from "../../config/config.ts";
import { LiveSettings } from "../../config/live-settings.ts";
import { Failure } from "../../core/base/failure.ts";
import { runBot } from "../base/run-bot.ts";
import { print } from "../base/command.ts";

/**
 * `merpati sandbox bot`, which the sandbox starts: the bot with the settings that the first line of its input holds, so
 * that nobody's `.env` gets in between. It says where it listens, and ends with its input.
 */
export async function sandboxBot(): Promise<void> {
  if (process.stdin.isTTY) throw new Failure("invalid", "The sandbox starts its bot by itself: run merpati sandbox.");
  const input = createInterface({ input: process.stdin });
  const over = new Promise<void>((resolve) => input.once("close", resolve));
  const first = await new Promise<string>((resolve) => input.once("line", resolve));
  try {
    const config = readConfig(JSON.parse(first) as Record<string, string>);
    await runBot(LiveSettings.fixed(config), { listening: ({ url }) => print(url) }, over);
  } finally {
    // An open input would keep a bot that could not start.
    process.stdin.destroy();
  }
}
