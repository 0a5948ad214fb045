import { expect } from "bun:test";
import { key, type Story } from "./world.ts";

export const firstRun: Record<string, Story> = {
  "a wrong key is told so, the right one opens the first steps": async ({ visitor, program }) => {
    await visitor.page.goto(program.url);
    await visitor.field("API key").waitFor();
    await visitor.judges("sign-in");
    await visitor.field("API key").fill("mp_wrong");
    await visitor.button("Sign in").click();
    await visitor.reads("Invalid API key.");
    expect(visitor.complaints.splice(0)).toEqual([expect.stringContaining("401")]);
    await visitor.field("API key").fill(key);
    await visitor.button("Sign in").click();
    await visitor.page.getByAltText("QR code to scan with WhatsApp").waitFor();
    await visitor.judges("first-steps");
    // Nothing that a script could read keeps the key.
    const kept = await visitor.page.evaluate(() => JSON.stringify([localStorage, sessionStorage]) + document.cookie);
    expect(kept).not.toContain(key);
    expect(kept).not.toContain("merpati_");
  },

  "a code is asked for and typed; the page says connected by itself": async ({ visitor, phone }) => {
    await visitor.button("Pairing code").click();
    await visitor.field("Phone number").fill("+62 811-0000-0001");
    await visitor.button("Get a code").click();
    const code = visitor.page.locator(".copy.big code");
    await code.waitFor();
    await visitor.judges("pairing-code");
    await visitor.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await visitor.page.getByRole("button", { name: "Copy: Pairing code" }).click();
    await visitor.reads("Copied");
    const copied = await visitor.page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe((await code.textContent()) ?? "");
    await phone.enterCode(copied);
    await visitor.reads("+6281100000001 is linked. WhatsApp is connected.");
  },

  "a test message goes out, a webhook is added and its test arrives": async ({ visitor, ann, receiver }) => {
    await visitor.field("To").fill("+62 812-3456-789");
    await visitor.button("Send").click();
    await ann.hears("Hello from Merpati!");
    await visitor.reads("Delivered");
    await visitor.field("Address").fill("http://192.0.2.1/hook");
    await visitor.button("Add a webhook").click();
    await visitor.page.locator("[role=alert]").waitFor();
    visitor.complaints.splice(0);
    await visitor.field("Address").fill(receiver.url);
    await visitor.button("Add a webhook").click();
    await visitor.reads("The test arrived: status 200");
    await visitor.judges("first-steps-done");
    await visitor.page.getByRole("link", { name: "All done: to the devices" }).click();
    await visitor.reads("Everything works");
    expect(visitor.complaints).toEqual([]);
  },
};
