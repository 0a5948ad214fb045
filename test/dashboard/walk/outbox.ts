import { expect } from "bun:test";
import type { Story } from "./world.ts";

const stranger = "628990000001";

export const outbox: Record<string, Story> = {
  "outbox: what waits says why and until when; let out, taken back, kept for later": async (world) => {
    const { visitor, sim, ann, phone } = world;
    const cold = [stranger, "628990000002"];
    for (const number of cold) sim.contact(number, { name: "Stranger" });
    phone.restrict({ is_active: true, time_enforcement_ends: String(Math.floor(Date.now() / 1_000) + 7_200) });
    await sim.until(() => sim.record.unsettled("notification").length === 0);
    // What it hears after WhatsApp's word is logged after it.
    await ann.says("by the way", { to: phone });
    await world.behindUntil("/v1/events?latest=50", "by the way");
    for (const to of cold) await world.behind("/v1/devices/default/messages", "POST", { to, text: `to ${to}` });
    await visitor.goes("outbox");
    await visitor.reads("WhatsApp lets this account start no new chats for a while. It leaves in 2 hours");
    await visitor.judges("outbox");
    await visitor.field("State").selectOption("waiting");
    const waiting = visitor.page.locator(".list li", { hasText: `to ${stranger}` });
    await waiting.getByRole("button", { name: /^Send now/ }).click();
    await visitor.reads("Merpati holds it back");
    phone.restrict(undefined, { told: false });
    await visitor.agrees("Send now");
    await sim.contact(stranger).hears(`to ${stranger}`);
    await waiting.waitFor({ state: "detached" });
    await visitor.page.getByRole("button", { name: /^Do not send/ }).click();
    await visitor.agrees("Do not send");
    await visitor.reads("Nothing of that kind.");
    await visitor.field("State").selectOption("cancelled");
    await visitor.reads("to 628990000002");
    await visitor.field("State").selectOption("");
    expect(visitor.complaints).toEqual([]);
  },

  "a message is kept for later, many are sent at once and the rest taken back": async (world) => {
    const { visitor, ann } = world;
    await visitor.button("Send a message").click();
    await visitor.field("To").fill("628123456789");
    await visitor.field("Message").fill("a reminder");
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
    await visitor.field("Not before (optional)").fill(tomorrow);
    await visitor.button("Send then").click();
    await visitor.page.locator("dialog").getByText("Waiting its turn").waitFor();
    await visitor.button("Close").click();
    await visitor.reads("For later. It leaves");
    await visitor.button("Send to many").click();
    await visitor.field("To").fill("+62 812-3456-789\n628990000001");
    await visitor.field("Message").fill("We have moved.");
    await visitor.field("Seconds between two").fill("3600");
    await visitor.button("Send to 2").click();
    await ann.hears("We have moved.");
    await visitor.reads("1 of 2");
    await visitor.judges("outbox-bulk");
    await visitor.page.getByRole("button", { name: /^Its messages/ }).click();
    const inside = visitor.page.locator("dialog.wide");
    await inside.locator("li", { hasText: "Ann" }).getByText("Delivered").waitFor();
    await visitor.judges("outbox-bulk-messages");
    await inside.getByLabel("State").selectOption("delivered");
    await inside.locator("li", { hasText: `+${stranger}` }).waitFor({ state: "detached" });
    await inside.getByLabel("State").selectOption("");
    await inside.locator("li", { hasText: `+${stranger}` }).waitFor();
    await visitor.page.keyboard.press("Escape");
    await visitor.page.getByRole("button", { name: /^Take back the rest/ }).click();
    await visitor.agrees("Take back the rest");
    await visitor.reads("Taken back");
    expect(visitor.complaints).toEqual([]);
  },

  "a table is looked at, mended and sent, and its results fetched": async (world) => {
    const { visitor, ann } = world;
    const table = (rows: string) => ({
      name: "people.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(`to,nama\n${rows}`),
    });
    await visitor.button("Send by table").click();
    const dialog = visitor.page.locator("dialog[open]");
    const chooser = dialog.locator("input[type=file]");
    await chooser.setInputFiles(table("628123456789,Ann\nnobody,Budi\n"));
    await visitor.field("Message").fill("Halo {{nama}}, ini meja Anda.");
    await visitor.button("Look at it first").click();
    await dialog.getByText("1 of 2 rows cannot be sent").waitFor();
    await dialog.getByText('"row.3.to" takes a phone number').waitFor();
    await dialog.getByText("Halo Ann, ini meja Anda.").waitFor();
    await visitor.judges("outbox-table");
    await chooser.setInputFiles(table("628123456789,Ann\n"));
    await visitor.button("Look at it first").click();
    await visitor.button("Send to 1").click();
    await ann.hears("Halo Ann, ini meja Anda.");
    const [download] = await Promise.all([
      visitor.page.waitForEvent("download"),
      visitor.page
        .getByRole("link", { name: /^Results as CSV/ })
        .first()
        .click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^bulk-.*\.csv$/);
    expect(visitor.complaints).toEqual([]);
  },
};
