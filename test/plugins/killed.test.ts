import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { Subject } from "../crash/subject.ts";

/** Each handler counts its runs before it speaks: whoever hears it knows that the count is kept. */
const booking = `import { plugin } from "merpati";
export default plugin({ name: "booking", patience: 60, permissions: ["store"], setup({ command, answer, burst, store }) {
  command("book", ({ ask }) => ask("For how many?", { answer: "guests" }));
  answer("guests", ({ text, ask }) => ask("Which day?", { answer: "day", carry: Number(text) }));
  answer<number>("day", ({ text, reply }, guests) => reply(guests + " on " + text));
  burst({ pause: 1 }, async ({ messages, text, reply }) => {
    const times = await store.update<number>("bursts", (now) => (now ?? 0) + 1);
    await reply("reading " + messages.length);
    if (times === 1) await new Promise(() => {});
    await reply(text.replaceAll("\\n", " + "));
  });
  command("long", async ({ reply }) => {
    const times = await store.update<number>("times", (now) => (now ?? 0) + 1);
    await reply("begun");
    if (times === 1) await new Promise(() => {});
    await reply("done after " + times);
  });
} });`;

test("kill -9 in a conversation and in a handler: both go on, and nothing is said twice", async () => {
  const folder = mkdtempSync(join(tmpdir(), "merpati-killed-"));
  const sim = await startBotSimulator();
  writeFileSync(join(folder, "authority.pem"), sim.certificate);
  await Bun.write(join(folder, "plugins/booking.ts"), booking);
  const key = "test-key-of-the-admin-0123456789";
  const environment = {
    PORT: "0",
    HOST: "127.0.0.1",
    API_KEY: key,
    SENDING: "off",
    WHATSAPP_URL: sim.url,
    WHATSAPP_ROOT_KEY: sim.rootKey,
    WHATSAPP_CA: join(folder, "authority.pem"),
  };
  const bot = new Subject("../../src/main.ts", environment, folder);
  try {
    await bot.start();
    const phone = sim.phone("6281100000001", { name: "Bot" });
    const answer = await fetch(`${bot.url}/connection/pairing`, {
      method: "POST",
      headers: { "x-api-key": key, "content-type": "application/json" },
      body: JSON.stringify({ phoneNumber: phone.number }),
    });
    await phone.enterCode(((await answer.json()) as { data: { pairingCode: string } }).data.pairingCode);
    const ann = sim.contact("628123456789", { name: "Ann" });
    const die = async () => {
      await bot.kill();
      await bot.start();
    };
    await ann.says("!book", { to: phone });
    await ann.hears("For how many?");
    await die();
    await ann.says("4", { to: phone });
    await ann.hears("Which day?");
    await die();
    await ann.says("Friday", { to: phone });
    await ann.hears("4 on Friday");

    await ann.says("!long", { to: phone });
    await ann.hears("begun");
    await die();
    // The next that comes: "begun" is not said again.
    expect((await ann.hears(/^(begun|done)/)).text).toStartWith("done after");
    await ann.says("one", { to: phone });
    await ann.says("two", { to: phone });
    await ann.hears("reading 2");
    await die();
    expect((await ann.hears(/^(reading|one)/)).text).toBe("one + two");
    sim.assertNoProblems();
  } finally {
    await bot.kill();
    await sim.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
