import type { Running } from "../composition.ts";
import { loadConfig } from "../config.ts";
import { Failure } from "../core/failure.ts";
import { type Command, print } from "./command.ts";
import { runBot } from "./run-bot.ts";
import { showLinking } from "./terminal.ts";

export const startCommand: Command = {
  usage: "",
  about: "Starts the bot; the default.",
  run: async (args) => {
    if (args.length > 0)
      throw new Failure(
        "invalid",
        `"start" takes nothing, not "${args[0]}": settings come from the environment or .env (merpati --help).`,
      );
    return runBot(loadConfig(), { listening: announce, begun: ({ bot }) => showLinking(bot) });
  },
};

function announce({ url, newKey }: Pick<Running, "url" | "newKey">): void {
  print(`Merpati listens on ${url} (API at ${url}/docs)`);
  if (newKey === null) return;
  print(`Your API key, shown this once: ${newKey}`);
  print(`Open ${url} in a browser and sign in with it.`);
}
