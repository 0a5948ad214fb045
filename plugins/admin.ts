import { plugin, Refusal } from "merpati";

/** Plugins from the chat, for the owner. Shows: roles, the permission `admin`, a question before something final. */
export default plugin({
  name: "admin",
  description: "!plugins, !enable, !disable and !uninstall, for the owner.",
  enabled: false,
  permissions: ["admin"],
  setup({ command, answer, plugins, name: self }) {
    const owner = { role: "owner" } as const;

    /** The plugin of that name; this one would be missed. */
    async function find(name: string) {
      const wanted = name.toLowerCase();
      const found = (await plugins.list()).find((each) => each.name === wanted);
      if (!found) throw new Refusal(`There is no plugin ${wanted}.`);
      return found;
    }

    command("plugins", { ...owner, chats: "private", description: "Plugins and their state" }, async ({ reply }) => {
      return reply((await plugins.list()).map(lineOf).join("\n"));
    });

    command(
      "enable <plugin> [where:here|everywhere]",
      { ...owner, description: "Start a plugin, or only here" },
      async ({ args, reply, chat }) => {
        const { name, permissions } = await find(args.plugin);
        if (args.where === "here") {
          await plugins.enable(name, chat);
          return reply(`${name} is on here.`);
        }
        await plugins.enable(name);
        return reply(`${name} runs. It may: ${permissions.join(", ") || "answer"}.`);
      },
    );

    command(
      "disable <plugin> [where:here|everywhere]",
      { ...owner, description: "Stop a plugin, or only here" },
      async ({ args, reply, chat }) => {
        const { name } = await find(args.plugin);
        refuseMyself(name, self);
        if (args.where === "here") {
          await plugins.disable(name, chat);
          return reply(`${name} is off here.`);
        }
        await plugins.disable(name);
        return reply(`${name} is off.`);
      },
    );

    command(
      "uninstall <plugin>",
      { ...owner, chats: "private", description: "Delete a plugin" },
      async ({ args, ask }) => {
        const { name } = await find(args.plugin);
        refuseMyself(name, self);
        await ask(`This deletes ${name} and what it stored. Write yes, or keep to keep what it stored.`, {
          answer: "uninstall",
          carry: name,
          seconds: 120,
        });
      },
    );
    answer<string>("uninstall", async ({ text, reply, role }, name) => {
      const said = text.toLowerCase();
      if ((await role()) !== "owner" || !["yes", "ya", "keep", "simpan"].includes(said)) return reply("Nothing done.");
      const keepData = said === "keep" || said === "simpan";
      await plugins.uninstall(name, { keepData });
      return reply(`${name} is gone. What it stored is ${keepData ? "kept" : "deleted"}.`);
    });
  },
});

function lineOf({ name, state, description }: { name: string; state: string; description: string }): string {
  return `${state === "running" ? "●" : "○"} *${name}* (${state}) ${description}`;
}

function refuseMyself(name: string, self: string): void {
  if (name === self) throw new Refusal("That would lock you out.");
}
