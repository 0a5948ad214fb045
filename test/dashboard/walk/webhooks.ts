import { expect } from "bun:test";
import type { Story } from "./world.ts";

export const webhooks: Record<string, Story> = {
  "webhooks: every delivery with its attempts; redelivered, paused, given a new secret, removed": async (world) => {
    const { visitor, receiver, ann, phone } = world;
    await visitor.goes("webhooks");
    await visitor.judges("webhooks");
    await visitor.page.getByRole("link", { name: receiver.url }).click();
    await ann.says("for the webhook", { to: phone });
    const { seq } = await receiver.next("message.received", ({ data }) =>
      JSON.stringify(data).includes("for the webhook"),
    );
    const delivery = visitor.page.locator(".deliveries li", { hasText: `default #${seq}` });
    await delivery.getByText("Delivered").waitFor();
    await delivery.locator("summary").click();
    await delivery.getByText(" ms").waitFor();
    const before = receiver.all.length;
    await delivery.getByRole("button", { name: "Deliver again" }).click();
    await receiver.until(() => receiver.all.length > before, "the delivery again");
    await delivery.getByRole("cell", { name: "2", exact: true }).waitFor();
    await visitor.judges("webhook");
    await visitor.button("Deliver again…").click();
    await visitor.field("Which").selectOption("all");
    const count = receiver.all.length;
    await visitor.page.locator("dialog").getByRole("button", { name: "Deliver again", exact: true }).click();
    await visitor.reads("are delivered again.");
    await visitor.judges("webhook-range");
    await receiver.until(() => receiver.all.length > count + 3, "the deliveries of a day");
    await delivery.getByRole("cell", { name: "3", exact: true }).waitFor();
    await visitor.button("Close").click();
    await visitor.button("Show the secret").click();
    await visitor.page.getByText(/^whsec_/).waitFor();
    await visitor.reads("events arrived; 0 of");
    receiver.answer = () => new Response("slower", { status: 429, headers: { "retry-after": "600" } });
    await ann.says("too many", { to: phone });
    await visitor.reads("It asked to be left alone: deliveries go on in 10 minutes");
    await visitor.reads("1 on their way, 0 given up; the oldest: ");
    await visitor.judges("webhook-resting");
    receiver.answer = () => new Response();
    await visitor.button("Pause").click();
    await visitor.button("Resume").click();
    await visitor.reads("0 on their way, 0 given up");
    expect(await visitor.page.getByText("It asked to be left alone").count()).toBe(0);
    await visitor.button("Settings").click();
    await visitor.field("Description").fill("the walk's");
    await visitor.button("Save").click();
    await visitor.reads("the walk's");
    await visitor.button("New secret").click();
    await visitor.agrees("New secret");
    await visitor.button("Remove").click();
    await visitor.agrees("Remove");
    await visitor.reads("There is no webhook yet.");
    expect(visitor.complaints).toEqual([]);
  },
};
