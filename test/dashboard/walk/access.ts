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
    await visitor.button("Revoke: their server").click();
    await visitor.agrees("Revoke");
    await visitor.field("Show revoked keys").waitFor();
    expect((await fetch(`${program.url}/v1/devices`, { headers: { "x-api-key": theirs } })).status).toBe(401);
    await visitor.goes("health");
    await visitor.goes("access");
    await visitor.reads("key.revoke");
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
