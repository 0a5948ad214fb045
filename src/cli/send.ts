import { Failure } from "../core/base/failure.ts";
import { type BotEvent, is } from "../core/model/events/events.ts";
import { command, print } from "./base/command.ts";
import { reachingTenant, RunningBot } from "./base/running-bot.ts";

/** How long it waits for WhatsApp. The message goes out all the same, later. */
const patienceMs = 30_000;

export const sendCommand = () =>
  reachingTenant(
    command("send", "Sends a text message by the running bot and says what became of it.")
      .argument("<to>", "A phone number with its country code, or a JID.")
      .argument("<text...>", "What it says.")
      .option("--device <id>", "The device that sends.", "default")
      .option("--no-wait", "It does not wait until WhatsApp has taken it."),
  ).action(async (to, words, { device, wait, ...which }) => {
    const bot = RunningBot.find(which);
    const over = new AbortController();
    // Heard before it is sent: the answer may come at once.
    const types = "message.sent,message.failed,message.waiting";
    const path = `/v1/events?types=${types}&devices=${encodeURIComponent(device)}`;
    const events = wait ? await bot.follow(path, over.signal) : null;
    const sent = await bot.ask("POST", `/v1/devices/${encodeURIComponent(device)}/messages`, {
      to,
      text: words.join(" "),
    });
    const { message_id: id, status } = sent.data as { message_id: string; status: string };
    if (events === null) {
      print(`${id} is ${status}: it goes out when its turn comes.`);
      return;
    }
    const timer = setTimeout(() => over.abort(), patienceMs);
    const end = await outcomeOf(events, id);
    clearTimeout(timer);
    over.abort();
    print(`${id} ${end}`);
  });

/** What became of the message, as the rest of a sentence. Throws `refused` when it failed. */
async function outcomeOf(events: AsyncGenerator<string, void>, id: string): Promise<string> {
  for await (const line of events) {
    const event = JSON.parse(line) as BotEvent;
    if (is(event, "message.sent") && event.data.message_id === id) return "is sent.";
    if (is(event, "message.failed") && event.data.message_id === id) throw new Failure("refused", event.data.error);
    if (is(event, "message.waiting") && event.data.message_id === id) return `waits (${event.data.reason}).`;
  }
  return "is queued still: it goes out by itself, `merpati status` says what it waits for.";
}
