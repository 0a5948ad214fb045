import { expect } from "bun:test";
import type { Story } from "./world.ts";

/** A red dot. */
export const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==",
  "base64",
);

export const chats: Record<string, Story> = {
  "chats: what comes in appears at once, what is written goes out and gets its ticks": async (world) => {
    const { visitor, ann, phone } = world;
    await visitor.goes("chats");
    await ann.says("good morning", { to: phone });
    await visitor.page.getByRole("link", { name: /Ann/ }).click();
    await visitor.reads("good morning");
    await visitor.page.getByRole("textbox", { name: "Message" }).fill("good evening");
    await visitor.page.keyboard.press("Enter");
    const heard = await ann.hears("good evening");
    heard.read();
    await visitor.page.getByRole("img", { name: "Read" }).last().waitFor();
    await ann.reacts(heard, "👍");
    await visitor.page.locator(".reactions").waitFor();
    await visitor.page.setInputFiles("input[type=file]", { name: "dot.png", mimeType: "image/png", buffer: picture });
    await ann.hears(({ message }) => Boolean(message.imageMessage));
    await visitor.page.locator(".bubble.mine img.image").waitFor();
    await visitor.judges("chat");
    await visitor.page.route("**/v1/media/**", (route) => route.fulfill({ status: 410 }));
    await visitor.page.reload();
    await visitor.reads("Picture: it cannot be had any more");
    visitor.complaints.splice(0);
    await visitor.page.unroute("**/v1/media/**");
    await visitor.page.reload();
    await visitor.page.locator(".bubble.mine img.image").waitFor();
    await visitor.field("Search").fill("morning");
    await visitor.page.locator("aside .gist").getByText("good morning").waitFor();
    await visitor.field("Search").fill("");
    await ann.says("unread", { to: phone });
    await visitor.page.locator(".count").waitFor();
    await visitor.page.getByRole("button", { name: /^Mark as read/ }).click();
    await visitor.page.locator(".count").waitFor({ state: "detached" });
    const lines = await visitor.page.locator(".bubble p").allTextContents();
    expect(lines.filter((line) => line !== "")).toEqual([
      "Hello from Merpati!",
      "good morning",
      "good evening",
      "unread",
    ]);
    expect(visitor.complaints).toEqual([]);
  },

  "a voice message is recorded and goes out as one": async ({ visitor, ann }) => {
    await visitor.button("Record a voice message").click();
    await visitor.reads("Recording 1 s");
    await visitor.judges("recording");
    await visitor.button("Send the voice message").click();
    const heard = await ann.hears(({ message }) => Boolean(message.audioMessage));
    expect(heard.message.audioMessage).toMatchObject({ ptt: true });
    expect(ann.opens(heard).toString("latin1", 0, 4)).toBe("OggS");
    await visitor.page.locator(".bubble.mine audio").waitFor();
    expect(visitor.complaints).toEqual([]);
  },
};
