import { expect } from "bun:test";
import { key, type Story } from "./world.ts";

export const manners: Record<string, Story> = {
  "in Indonesian, by keyboard, and out again": async ({ visitor }) => {
    await visitor.goes("devices");
    await visitor.button("ID: Bahasa Indonesia").click();
    await visitor.page.getByRole("heading", { name: "Perangkat", level: 1 }).waitFor();
    expect(await visitor.page.evaluate(() => document.documentElement.lang)).toBe("id");
    await visitor.judges("devices-id", "light");
    for (const section of "chats outbox webhooks plugins access audit health settings logs start".split(" ")) {
      await visitor.goes(section);
      await visitor.page.locator("main .loading").waitFor({ state: "detached" });
      await visitor.fits(`${section}-id`);
    }
    await visitor.page.reload();
    await visitor.page.locator("main h1").first().waitFor();
    await visitor.page.keyboard.press("Tab");
    await visitor.page.keyboard.press("Enter");
    await visitor.page.locator("#main:focus").waitFor();
    await visitor.button("Keluar").click();
    await visitor.field("Kunci API").waitFor();
    await visitor.page.goBack();
    await visitor.field("Kunci API").waitFor();
    await visitor.button("EN: English").click();
    expect(visitor.complaints).toEqual([]);
  },

  "on a phone the menu opens, leads on and closes; Escape gives the focus back": async ({ visitor, program }) => {
    await visitor.page.setViewportSize({ width: 390, height: 844 });
    await visitor.page.goto(program.url);
    await visitor.field("API key").fill(key);
    await visitor.page.keyboard.press("Enter");
    await visitor.page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    const menu = visitor.button("Menu");
    expect(await visitor.page.getByRole("navigation").count()).toBe(0);
    await menu.focus();
    await visitor.page.keyboard.press("Enter");
    await visitor.page.getByRole("navigation").waitFor();
    await visitor.judges("menu", "light");
    await visitor.page.setViewportSize({ width: 390, height: 844 });
    await menu.focus();
    await visitor.page.keyboard.press("Escape");
    await visitor.page.getByRole("navigation").waitFor({ state: "detached" });
    await visitor.page.locator(".menu-button:focus").waitFor();
    await menu.click();
    await visitor.page.getByRole("link", { name: "Webhooks" }).click();
    await visitor.page.locator("#main:focus").getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
    await visitor.page.setViewportSize({ width: 1280, height: 860 });
    expect(visitor.complaints).toEqual([]);
  },

  "the server goes and comes back: the page says so, and goes on by itself": async ({ visitor, program }) => {
    await visitor.goes("devices");
    await visitor.reads("Live");
    await program.kill();
    await visitor.reads("The server cannot be reached.");
    await visitor.judges("away", "light");
    await visitor.page.getByRole("link", { name: "Webhooks" }).click();
    await visitor.reads("The server cannot be reached. Check");
    await program.begin();
    // Its sessions survived with it: nobody signs in anew.
    await visitor.page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
    await visitor.reads("Live");
    visitor.complaints.splice(0);
  },
};
