import { expect, test } from "bun:test";
import { is } from "../../src/core/model/events/events.ts";
import { strangers, text, world } from "./world.ts";

test("a one-time code leaves within two seconds beside a bulk, to one of the bulk too", async () => {
  // One message a second, as by default, after five at once.
  const [bot, clock] = await world({ env: { SENDING: "paced" } });
  await using _ = bot;
  const people = strangers(120).map((number) => bot.contact(number, "Stranger"));
  const body = { to: people.map(({ number }) => number), text: "To all" };
  expect((await bot.call("POST", "/v1/devices/default/bulk", body)).status).toBe(202);
  const sent = () => bot.events.filter(({ type }) => type === "message.sent").length;
  await bot.until(() => sent() === 5, "the burst to leave");
  for (const to of ["628555000000", people.at(-1)?.number ?? ""]) {
    bot.contact(to, "Code");
    const before = sent();
    const code = await text(bot, to, "Your code is 123456", 20);
    // A message of the bulk to the same person stands before it, and keeps its place.
    const ahead = to === "628555000000" ? 0 : 1;
    let seconds = 0;
    while (!bot.events.some((event) => is(event, "message.sent") && event.data.id === code.waId)) {
      if (++seconds > 2 + ahead) throw new Error(`it has not left after ${seconds - 1} seconds`);
      clock.wind(1_000);
      await bot.until(() => sent() === before + seconds, "the next to leave");
    }
  }
  expect(sent()).toBeLessThan(12);
});
