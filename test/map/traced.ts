import { startBot } from "../harness.ts";

/** Sends messages through the bot and prints, for each way they take, the files of `src` that were called, in order. */
const { passedFiles } = globalThis as unknown as { passedFiles: string[] };

async function ways(): Promise<Record<string, string[]>> {
  await using bot = await startBot();
  await bot.install("ping.ts", await Bun.file("plugins/ping.ts").text());
  await bot.link();
  const ann = bot.contact();

  /** Hears of a message of Ann's, and of all that follows from it. */
  async function says(text: string): Promise<void> {
    const sent = await ann.says(text, { to: bot.phone });
    await bot.receiver.next("message.received", (event) => event.data.id === sent.id);
    await sent.receipted();
  }

  async function way(work: () => Promise<unknown>): Promise<string[]> {
    passedFiles.length = 0;
    await work();
    return [...passedFiles];
  }

  // The first one makes the session: ways of the second are the usual ones.
  await says("good morning");
  const inward = await way(async () => {
    await says("hello");
    await bot.stop(); // which waits for the webhook's answer to be written down
  });
  await bot.start();
  await bot.connected();
  return {
    In: inward,
    "To a webhook": inward,
    "To a plugin": await way(async () => {
      await ann.says("!ping", { to: bot.phone });
      await ann.hears("pong");
    }),
    Out: await way(async () => {
      await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "hi Ann" });
      (await ann.hears("hi Ann")).read();
      await bot.receiver.next("message.status", (event) => event.data.status === "read");
    }),
  };
}

process.stdout.write(JSON.stringify(await ways()));
// Timers of connections that are over would keep the process for half a minute.
process.exit(0);
