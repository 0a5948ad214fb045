import { expect } from "bun:test";
import { key, type Story, type World } from "./world.ts";

export const events: Record<string, Story> = {
  "events: live, filtered, paused, opened by keyboard": async (world) => {
    const { visitor, ann, phone } = world;
    await visitor.goes("events");
    await visitor.page.locator(".rows li").first().waitFor();
    await visitor.button("Pause").click();
    await ann.says("while it is paused", { to: phone });
    await world.behindUntil("/v1/events?latest=50", "while it is paused");
    expect(await visitor.page.getByText("while it is paused").count()).toBe(0);
    await visitor.button("Continue").click();
    await visitor.reads("Ann: while it is paused");
    await visitor.field("Kind").selectOption("device");
    await visitor.page.getByText("message.received").first().waitFor({ state: "detached" });
    await visitor.field("Kind").selectOption("");
    await visitor.judges("events");
    await visitor.field("Search").fill("while it is paused");
    const first = visitor.page.locator(".rows li button").first();
    await first.focus();
    await visitor.page.keyboard.press("Enter");
    const dialog = visitor.page.locator("dialog[open]");
    await dialog.locator("pre").waitFor();
    // What became of it at the webhook of the first steps.
    await dialog.getByText("Delivered").waitFor();
    await visitor.judges("event");
    await visitor.page.keyboard.press("Escape");
    await fatesOf("!ping", world);
    await visitor.field("Search").fill("");
    await visitor.page.locator(".rows li button").first().focus();
    await visitor.page.keyboard.press("ArrowDown");
    await visitor.page.locator("li[aria-posinset='2'] button:focus").waitFor();
    expect(visitor.complaints).toEqual([]);
  },

  "the log: live, by level, paused; no key, text or number in it": async (world) => {
    const { visitor } = world;
    await visitor.goes("logs");
    await visitor.reads("a plugin runs");
    await world.behind("/v1/nothing");
    await visitor.reads("request refused");
    await visitor.judges("logs");
    await visitor.field("At least").selectOption("error");
    await visitor.reads("Nothing of that kind.");
    await visitor.field("At least").selectOption("info");
    await visitor.button("Pause").click();
    // The log names a route as the API does, never a path that a caller made up.
    await world.behind("/v1/media/none");
    await world.behindUntil("/v1/admin/logs?limit=20", "/v1/media/");
    expect(await visitor.page.getByText("/v1/media/").count()).toBe(0);
    await visitor.button("Continue").click();
    await visitor.reads("/v1/media/");
    const { data } = await world.behind("/v1/admin/logs?limit=500");
    for (const secret of [key, "good evening", "628123456789", "6281100000001"])
      expect(JSON.stringify(data)).not.toContain(secret);
    expect(visitor.complaints).toEqual([]);
  },
};

/** Who got it, after how many tries; and hands it to both once more. */
async function fatesOf(words: string, { visitor, ann, phone, receiver }: World): Promise<void> {
  await ann.says(words, { to: phone });
  await ann.hears("pong");
  await visitor.field("Search").fill(words);
  await visitor.page.locator(".rows li button").first().click();
  const dialog = visitor.page.locator("dialog[open]");
  const plugin = dialog.locator("li", { hasText: "ping" }).last();
  await plugin.getByText("Delivered").waitFor();
  await plugin.getByText("1 attempt").waitFor();
  await dialog.getByRole("button", { name: "Deliver again: ping" }).click();
  await plugin.getByText("Handed over.").waitFor();
  const count = receiver.all.length;
  await dialog.getByRole("button", { name: `Deliver again: ${receiver.url}` }).click();
  await receiver.until(() => receiver.all.length > count, "the event again");
  await dialog.locator("li", { hasText: receiver.url }).getByText("2 attempts").waitFor();
  await visitor.judges("event-fates");
  await visitor.page.keyboard.press("Escape");
}
