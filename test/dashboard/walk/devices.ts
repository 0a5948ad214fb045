import { expect } from "bun:test";
import { Visitor } from "../visitor.ts";
import type { Story, World } from "./world.ts";

export const devices: Record<string, Story> = {
  "devices: stopped, started, made and removed, each asked for first where it destroys": async (world) => {
    const { visitor } = world;
    await visitor.judges("devices");
    await visitor.page.getByRole("link", { name: "default" }).click();
    await visitor.button("Stop").click();
    await visitor.reads("Stopped");
    await visitor.button("Start").click();
    await visitor.reads("Connected");
    await visitor.judges("device");
    await visitor.goes("devices");
    await visitor.button("Add a device").click();
    // The field is where one writes at once, without a click.
    await visitor.page.keyboard.type("shop-1");
    await visitor.page.keyboard.press("Enter");
    await visitor.page.getByAltText("QR code to scan with WhatsApp").waitFor();
    await visitor.page.getByText("Let somebody else scan").click();
    await visitor.button("Make a link").click();
    const link = visitor.page.locator("details .copy code");
    await link.waitFor();
    await shared((await link.textContent()) ?? "", world);
    await visitor.button("Remove").click();
    await visitor.reads("Remove shop-1?");
    await visitor.judges("device-remove");
    await visitor.button("Cancel").click();
    await visitor.page.locator("dialog").waitFor({ state: "detached" });
    // The focus is back where it was.
    await visitor.page.locator("button:focus", { hasText: "Remove" }).waitFor();
    expect((await world.behind("/v1/devices")).data).toHaveLength(2);
    await visitor.button("Remove").click();
    await visitor.agrees("Remove");
    await visitor.page.getByRole("heading", { name: "Devices", level: 1 }).waitFor();
    expect((await world.behind("/v1/devices")).data).toHaveLength(1);
    expect(visitor.complaints).toEqual([]);
  },
};

/** The page of one QR, alone and in a frame of somebody else's page. */
async function shared(url: string, { browser, program }: World): Promise<void> {
  {
    await using guest = await Visitor.arrive(browser, program.url);
    await guest.page.goto(url);
    await guest.page.getByAltText("QR code to scan with WhatsApp").waitFor();
    await guest.judges("link");
    expect(guest.complaints).toEqual([]);
  }
  const page = `<!doctype html><title>theirs</title><iframe src="${url}&language=id" width="420" height="640"></iframe><img src="${url}" alt="theirs">`;
  const elsewhere = Bun.serve({
    port: 0,
    hostname: "localhost",
    fetch: () => new Response(page, { headers: { "content-type": "text/html" } }),
  });
  await using host = await Visitor.arrive(browser, elsewhere.url.origin);
  await host.page.goto(elsewhere.url.href);
  await host.page.frameLocator("iframe").getByAltText("Kode QR untuk dipindai dengan WhatsApp").waitFor();
  const wide = () => host.page.getByAltText("theirs").evaluate((image) => (image as HTMLImageElement).naturalWidth);
  expect(await wide()).toBeGreaterThan(200);
  await host.photographs("link-framed");
  await elsewhere.stop(true);
}
