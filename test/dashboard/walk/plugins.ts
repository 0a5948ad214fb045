import { expect } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Story } from "./world.ts";

/** Has every kind of setting. */
const demo = `import { plugin, t } from "merpati";
export default plugin({
  name: "demo",
  description: "Answers by rules.",
  config: {
    rules: t.list(t.group({ word: t.string({ description: "When somebody says this." }), answer: t.string() }), { default: [] }),
    names: t.list(t.string(), { default: [], label: { en: "Whom it greets", id: "Siapa" }, description: "One or many." }),
    style: t.choice(["short", "long"], { default: "short" }),
    most: t.integer({ default: 3, min: 1, max: 9 }),
    token: t.secret({ default: "" }),
    loud: t.boolean({ default: false }),
  },
  setup({ on, command, config }) {
    command("fail", { description: "Fails" }, () => { throw new Error("broken on purpose"); });
    on("message.text", async ({ text, reply }) => {
      const rule = config.rules.find(({ word }) => word === text);
      if (rule) await reply(rule.answer);
    });
  },
});
`;

const writer = `export default { name: "writer", permissions: ["send:628123456789"], setup() {} };`;

export const plugins: Record<string, Story> = {
  "plugins: off and on, their settings in a form that says what does not fit": async (world) => {
    const { visitor, program, ann, phone } = world;
    await visitor.goes("plugins");
    const ping = (does: string) => visitor.page.getByRole("switch", { name: `${does} ping` });
    await ping("Turn off").click();
    await ping("Turn on").click();
    await ping("Turn off").waitFor();
    await visitor.judges("plugins");
    await Bun.write(join(program.folder, "plugins/demo.ts"), demo);
    await world.behindUntil("/v1/admin/plugins/demo", "Whom it greets");
    await visitor.goes("plugins/demo");
    await visitor.page.getByRole("switch", { name: "Turn off demo" }).waitFor();
    await visitor.button("Add one to Rules").click();
    await visitor.field("Word").fill("hello");
    await visitor.field("Answer").fill("hello yourself");
    await visitor.field("Whom it greets").fill("Ann\nBudi");
    await visitor.field("Token").fill("hush");
    await visitor.field("Most").fill("12");
    const save = visitor.page.locator("form", { hasText: "rules" }).getByRole("button", { name: "Save" });
    await save.click();
    await visitor.reads("takes a number from 1 to 9");
    visitor.complaints.splice(0);
    await visitor.field("Most").fill("4");
    await save.click();
    await visitor.reads("Saved.");
    await visitor.judges("plugin");
    const { data } = await world.behind("/v1/admin/plugins/demo");
    expect(data.values).toMatchObject({ names: ["Ann", "Budi"], most: 4, rules: [{ word: "hello" }] });
    expect(data.values.token).not.toContain("hush");
    await ann.says("hello", { to: phone });
    await ann.hears("hello yourself");
    expect(visitor.complaints).toEqual([]);
  },

  "a plugin's page says what it has and what went wrong": async ({ visitor, ann, phone }) => {
    await visitor.page.getByRole("cell", { name: "!fail" }).waitFor();
    await visitor.reads("message.text");
    await visitor.reads("None since the bot began.");
    await ann.says("!fail", { to: phone });
    await visitor.page.locator("section", { hasText: "Faults" }).getByText("broken on purpose").first().waitFor();
    await visitor.page.locator("section", { hasText: "Log" }).getByText("a plugin's handler failed").first().waitFor();
    await visitor.judges("plugin-facts");
    expect(visitor.complaints).toEqual([]);
  },

  "the gallery adds what comes with the bot, and says before what it may": async ({ visitor, program }) => {
    await visitor.goes("plugins");
    await visitor.page.getByRole("heading", { name: "More plugins" }).waitFor();
    await visitor.judges("plugin-gallery");
    await visitor.button("Add quiz").click();
    await visitor.reads("Beyond replying it may: store");
    await visitor.judges("plugin-gallery-permissions");
    await visitor.button("Cancel").click();
    expect(existsSync(join(program.folder, "plugins/quiz.ts"))).toBeFalse();
    await visitor.button("Add quiz").click();
    await visitor.agrees("Add and turn on");
    await visitor.page.getByRole("heading", { name: "quiz", level: 1 }).waitFor();
    await visitor.page.getByRole("switch", { name: "Turn off quiz" }).waitFor();
    await visitor.page.getByRole("cell", { name: "!poll <text>" }).waitFor();
    await visitor.goes("plugins/demo");
    expect(visitor.complaints).toEqual([]);
  },

  "a plugin is on where one says, and goes when one says": async (world) => {
    const { visitor, program } = world;
    await visitor.field("On every device").uncheck();
    await visitor.field("default").waitFor();
    await visitor.field("In every chat").uncheck();
    await visitor.field("Only in").fill("+62 812");
    await visitor.button("Add: Only in").click();
    const place = visitor.page.locator("form", { hasText: "Where it is on" });
    await place.getByRole("button", { name: "Save" }).click();
    // The server says what is wrong with such a number.
    await place.locator("[role=alert]").waitFor();
    visitor.complaints.splice(0);
    await place.getByRole("button", { name: /^Take out/ }).click();
    await visitor.field("Only in").fill("628123456789");
    await visitor.page.keyboard.press("Enter");
    await visitor.field("Never in").fill("628990000001");
    await visitor.button("Add: Never in").click();
    await place.getByRole("button", { name: "Save" }).click();
    await place.getByText("Saved.").waitFor();
    await visitor.judges("plugin-scope");
    expect((await world.behind("/v1/admin/plugins/demo")).data.scope).toEqual({
      devices: ["default"],
      chats: ["628123456789@s.whatsapp.net"],
      except: ["628990000001@s.whatsapp.net"],
    });
    await visitor.button("Remove").click();
    await visitor.agrees("Remove");
    await visitor.page.getByRole("heading", { name: "Plugins", level: 1 }).waitFor();
    expect(existsSync(join(program.folder, "plugins/demo.ts"))).toBeFalse();
    // What a plugin may do beyond replying is shown before it may.
    await Bun.write(join(program.folder, "plugins/writer.ts"), writer);
    await world.behindUntil("/v1/admin/plugins/writer", "send:628123456789");
    await world.behind("/v1/admin/plugins/writer/disable", "POST");
    await visitor.goes("health");
    await visitor.goes("plugins");
    await visitor.page.getByRole("switch", { name: "Turn on writer" }).click();
    await visitor.reads("Beyond replying it may:");
    await visitor.judges("plugin-permissions");
    await visitor.button("Cancel").click();
    expect(visitor.complaints).toEqual([]);
  },
};
