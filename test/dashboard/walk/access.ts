import { expect } from "bun:test";
import { openBrowser } from "../../browser.ts";
import { Visitor } from "../visitor.ts";
import type { Story, World } from "./world.ts";

export const access: Record<string, Story> = {
  "keys and tenants: made, shown once, revoked; who did it stands below": async (world) => {
    const { visitor, program } = world;
    await visitor.goes("access");
    await visitor.reads("No keys but the one of API_KEY");
    await visitor.button("Add a tenant").click();
    await visitor.field("Tenant id").fill("acme");
    await visitor.agrees("Add a tenant");
    await visitor.page.getByRole("heading", { name: "acme" }).waitFor();
    await visitor.reads("Audit entries");
    await visitor.button("Make a key").click();
    await visitor.field("Name").fill("their server");
    await visitor.field("For").selectOption("acme");
    for (const scope of ["read", "send messages", "manage devices and webhooks"]) await visitor.field(scope).check();
    await visitor.field("Expires").selectOption("30");
    await visitor.page.locator("dialog").getByRole("button", { name: "Make a key" }).click();
    const made = visitor.page.getByText(/^mp_[\w-]{43}$/);
    await made.waitFor();
    const theirs = (await made.textContent()) ?? "";
    await visitor.judges("key");
    await visitor.button("Close").click();
    await visitor.judges("access");
    await tenantSees(theirs, world);
    const second = await rotated(world, theirs);
    await visitor.button("Revoke: their server").click();
    await visitor.agrees("Revoke");
    await visitor.page.getByRole("row", { name: "their server" }).waitFor({ state: "detached" });
    await visitor.field("Show keys that are over").check();
    await visitor.page.getByText("Expired").last().waitFor();
    await visitor.page.getByText("Revoked").last().waitFor();
    expect((await fetch(`${program.url}/v1/devices`, { headers: { "x-api-key": second } })).status).toBe(401);
    await sees(world);
    await visitor.goes("health");
    await visitor.reads("Running for");
    await visitor.judges("health");
    await visitor.goes("settings");
    await visitor.button("Change: BACKUP_KEEP").click();
    await visitor.field("BACKUP_KEEP").fill("3");
    await visitor.button("Save").click();
    await visitor.reads("changed here");
    await visitor.judges("settings");
    expect(visitor.complaints).toEqual([]);
  },
};

/** Another key in the place of one, which ends at once: shown this once, though the row of the first is gone. */
async function rotated({ visitor, program }: World, first: string): Promise<string> {
  await visitor.button("Rotate: their server").click();
  await visitor.field("This key goes on for").selectOption("no time at all");
  const dialog = visitor.page.locator("dialog[open]");
  await dialog.getByRole("button", { name: "Rotate" }).click();
  const made = dialog.getByText(/^mp_[\w-]{43}$/);
  await made.waitFor();
  const second = (await made.textContent()) ?? "";
  const status = async (key: string) =>
    (await fetch(`${program.url}/v1/devices`, { headers: { "x-api-key": key } })).status;
  expect([await status(first), await status(second)]).toEqual([401, 200]);
  await visitor.button("Close").click();
  return second;
}

/** Who did what, in words, by key, act and time. */
async function sees({ visitor }: World): Promise<void> {
  await visitor.goes("audit");
  const row = visitor.page.getByRole("row");
  await row.filter({ hasText: "Revoked a key" }).filter({ hasText: "their server" }).first().waitFor();
  await visitor.judges("audit");
  await visitor.field("What").selectOption("Made a device");
  await row.filter({ hasText: "Revoked a key" }).waitFor({ state: "detached" });
  await row.filter({ hasText: "toko" }).filter({ hasText: "their server" }).waitFor();
  await visitor.field("Who").selectOption("API_KEY");
  await row.filter({ hasText: "toko" }).waitFor({ state: "detached" });
  await visitor.field("What").selectOption("All of keys");
  await row.filter({ hasText: "Made a key" }).waitFor();
  await visitor.field("Until").fill("2020-01-01T00:00");
  await visitor.reads("Nothing of that kind.");
}

/** A tenant in a browser of their own: their devices, nothing of the admin's. */
async function tenantSees(theirs: string, { program }: World): Promise<void> {
  await using other = await openBrowser();
  await using guest = await Visitor.arrive(other, program.url);
  await guest.page.goto(program.url);
  await guest.field("API key").fill(theirs);
  await guest.button("Sign in").click();
  await guest.reads("There is no device yet");
  const menu = guest.page.getByRole("navigation").getByRole("link");
  expect(await menu.allTextContents()).toEqual(["Devices", "Chats", "Outbox", "Events", "Webhooks"]);
  for (const section of ["access", "logs", "plugins", "health", "settings"]) {
    await guest.goes(section);
    await guest.page.getByRole("heading", { name: "First steps", level: 1 }).waitFor();
  }
  for (const section of ["devices", "chats", "outbox", "webhooks", "events"]) {
    await guest.goes(section);
    await guest.judges(`empty-${section}`, "light");
  }
  expect(await guest.page.getByText("6281").count()).toBe(0);
  await guest.goes("start");
  await guest.field("Device id").fill("toko");
  await guest.button("Add a device").click();
  await guest.page.getByAltText("QR code to scan with WhatsApp").waitFor();
  expect(guest.complaints).toEqual([]);
}
