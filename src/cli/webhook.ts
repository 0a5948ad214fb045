import { Failure } from "../core/base/failure.ts";
import type { Command } from "./base/command.ts";
import { listWebhooks } from "./webhook/list.ts";
import { listen } from "./webhook/listen.ts";
import { send } from "./webhook/send.ts";

const usage = "list | listen [--port=n] [--secret=s] | send <event type> --to=url [--secret=s]";

/** `merpati webhook …`: works beside a running bot. */
export const webhookCommand: Command = {
  usage,
  about: "Lists webhooks with their secrets, prints what one receives, sends an example of an event.",
  async run([verb, ...args]) {
    if (verb === "list") return listWebhooks();
    if (verb === "listen") return listen(args);
    if (verb === "send") return send(args);
    throw new Failure("invalid", `Usage: merpati webhook ${usage}`);
  },
};
