import { expect } from "bun:test";
import { Program } from "../program.ts";
import { Visitor } from "../visitor.ts";
import { picture } from "./chats.ts";
import type { Story, World } from "./world.ts";

export const sandbox: Record<string, Story> = {
  "the sandbox: more people, a group": async (world) => {
    const { guest, answers } = await house(world);
    await answers.first().waitFor();
    await guest.button("More people, a group").click();
    await guest.judges("sandbox-more", "light");
    await guest.field("Name").fill("Cici");
    await guest.agrees("Add a contact");
    await guest.button("Cici").click();
    await guest.page.locator(".bubble").first().waitFor({ state: "detached" });
    await guest.button("!ping").click();
    await answers.first().waitFor();
    await guest.button("More people, a group").click();
    await guest.field("Group name").fill("Family");
    await guest.agrees("New group with everybody");
    await guest.field("To").selectOption("Family");
    await guest.button("!ping").click();
    await guest.page.locator(".bubble:not(.mine)", { hasText: "pong" }).waitFor();
    await guest.button("ID: Bahasa Indonesia").click();
    await guest.reads("Anda adalah");
    await guest.reads("message.received, tanda tangannya cocok");
    await guest.judges("sandbox-id");
    await guest.button("EN: English").click();
    expect(guest.complaints).toEqual([]);
  },

  "the sandbox: the bot is killed, written to while it is dead, and answers when it is back": async (world) => {
    const { guest, write, answers } = await house(world);
    await guest.page.reload();
    await answers.first().waitFor();
    await guest.button("Dashboard").click();
    const inside = guest.page.frameLocator("iframe");
    await inside.getByText("Nothing. All devices and webhooks work.").waitFor();
    await guest.judges("sandbox-dashboard");
    const already = await answers.count();
    await guest.button("Kill it (kill -9)").click();
    await guest.reads("It had no chance to tidy up.");
    await write("!ping");
    await inside.getByText("The server cannot be reached.").waitFor();
    await guest.judges("sandbox-killed");
    // Also who comes to the page now sees how it stands.
    await guest.page.reload();
    await guest.reads("Start it again");
    await guest.reads("Ann writes: !ping");
    await answers.nth(already - 1).waitFor();
    expect(await answers.count()).toBe(already);
    await guest.button("Start it again").click();
    await answers.nth(already).waitFor();
    await guest.reads("Everything works");
    await guest.page.locator(".guide li.done").nth(2).waitFor();
    expect(await answers.count()).toBe(already + 1);
    guest.complaints.splice(0);
  },

  "the sandbox: written to, scanned and unlinked by a click, a network that is pulled": async (world) => {
    const { guest, write, answers } = await house(world);
    await guest.page.reload();
    await answers.first().waitFor();
    const already = await answers.count();
    await guest.button("!ping").click();
    await answers.nth(already).waitFor();
    await write("!ping");
    await answers.nth(already + 1).waitFor();
    await guest.page.getByRole("img", { name: "Delivered" }).first().waitFor();
    await guest.button("React to the bot's last message").click();
    await guest.page.locator(".reactions").waitFor();
    await guest.page.setInputFiles("input[type=file]", { name: "dot.png", mimeType: "image/png", buffer: picture });
    await guest.page.locator(".bubble.mine img").waitFor();
    await guest.judges("sandbox");
    await guest.button("Remove the bot from the phone").click();
    await guest.agrees("Remove the bot from the phone");
    await guest.reads("The phone removed this device");
    await guest.judges("sandbox-unlinked");
    await guest.button("Scan the QR code").click();
    await guest.reads("Everything works");
    await guest.button("Remove the bot from the phone").click();
    await guest.agrees("Remove the bot from the phone");
    // A code is refused until the bot has noticed.
    await guest.reads("The phone removed this device");
    await guest.page.getByText("Or type a pairing code").click();
    await guest.button("Let the bot ask for a code").click();
    const code = (await guest.page.locator("details .copy code").textContent()) ?? "";
    await guest.field("Pairing code").fill(code);
    await guest.button("Enter the code").click();
    await guest.button("Remove the bot from the phone").waitFor();
    await guest.reads("Everything works");
    await guest.button("Pull the network").click();
    await guest.reads("The network is unplugged");
    const before = await answers.count();
    await write("!ping");
    await guest.page.reload();
    await guest.button("Plug it in again").click();
    await answers.nth(before).waitFor();
    await guest.reads("Everything works");
    expect(guest.complaints).toEqual([]);
  },
};

class House implements AsyncDisposable {
  readonly #program: Program;

  constructor(
    program: Program,
    readonly guest: Visitor,
  ) {
    this.#program = program;
  }

  get answers() {
    return this.guest.page.locator(".bubble:not(.mine)", { hasText: "pong" });
  }

  /** Resolves when it was said. */
  readonly write = async (words: string): Promise<void> => {
    const mine = this.guest.page.locator(".bubble.mine", { hasText: words });
    const already = await mine.count();
    await this.guest.field("Write as Ann…").fill(words);
    await this.guest.page.keyboard.press("Enter");
    await mine.nth(already).waitFor();
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.guest[Symbol.asyncDispose]();
    await this.#program[Symbol.asyncDispose]();
  }
}

const houses = new WeakMap<World, Promise<House>>();

/** The one that all stories live in; it ends with the world. */
async function house(world: World): Promise<House> {
  const opening = houses.get(world) ?? open(world);
  houses.set(world, opening);
  return opening;
}

async function open({ binary, browser, guests }: World): Promise<House> {
  const program = await Program.start(binary.path, ["sandbox"], {}, /Open: +(\S+)\/sandbox/);
  const guest = await Visitor.arrive(browser, program.url);
  await guest.page.goto(`${program.url}/sandbox`);
  return guests.use(new House(program, guest));
}
