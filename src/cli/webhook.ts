import { eventTypes } from "../core/model/events/events.ts";
import { command, wholeNumber } from "./base/command.ts";
import { listWebhooks } from "./webhook/list.ts";
import { listen } from "./webhook/listen.ts";
import { send } from "./webhook/send.ts";

/** `merpati webhook …`: works beside a running bot. */
export function webhookCommand() {
  const webhook = command("webhook", "Lists webhooks with their secrets, receives and sends for a try.");
  webhook.command("list").description("Every webhook, with its secrets.").action(listWebhooks);
  webhook
    .command("listen")
    .description("A receiver for development: prints what comes and whether its signature is right, until Ctrl-C.")
    .option(
      "--port <n>",
      "Where it listens, on this machine only; 0 takes a free one.",
      wholeNumber("--port", 0, 65_535),
      4040,
    )
    .option("--secret-file <file>", "The secret that signs; - is standard input. Those of this folder when left out.")
    .action(listen);
  webhook
    .command("send <event>")
    .description("Posts an example of an event, signed, and prints what the receiver made of it.")
    .option("--to <url>", "Where to; the first webhook of this folder when left out.")
    .option("--secret-file <file>", "The secret to sign with; - is standard input. That of the webhook when left out.")
    .addHelpText("after", `\nEvents: ${eventTypes.join(", ")}`)
    .action(send);
  return webhook;
}
