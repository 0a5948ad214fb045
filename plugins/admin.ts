import { plugin, Refusal } from "merpati";

/** Plugins from the chat, for the owner. Shows: roles and the permission `admin`. */
export default plugin({
  name: "admin",
  description: "!plugins, !enable and !disable, for the owner.",
  enabled: false,
  permissions: ["admin"],
  setup({ command, plugins, name: self }) {
    const owner = { role: "owner" } as const;
    command("plugins", { ...owner, chats: "private", description: "Plugins and their state" }, async ({ reply }) => {
      const all = await plugins.list();
      return reply(
        all
          .map(
            ({ name, state, description }) => `${state === "running" ? "●" : "○"} *${name}* (${state}) ${description}`,
          )
          .join("\n"),
      );
    });
    command(
      "enable <plugin> [where:here|everywhere]",
      { ...owner, description: "Start a plugin, or only here" },
      async (message) => {
        const { args, reply, chat } = message;
        const found = (await plugins.list()).find(({ name }) => name === args.plugin);
        if (!found) throw new Refusal(`There is no plugin ${args.plugin}.`);
        if (args.where === "here") {
          await plugins.enable(args.plugin, chat);
          return reply(`${args.plugin} is on here.`);
        }
        await plugins.enable(args.plugin);
        return reply(`${args.plugin} runs. It may: ${found.permissions.join(", ") || "answer"}.`);
      },
    );
    command(
      "disable <plugin> [where:here|everywhere]",
      { ...owner, description: "Stop a plugin, or only here" },
      async (message) => {
        const { args, reply, chat } = message;
        if (args.plugin === self) throw new Refusal("That would lock you out.");
        if (args.where === "here") {
          await plugins.disable(args.plugin, chat);
          return reply(`${args.plugin} is off here.`);
        }
        await plugins.disable(args.plugin);
        return reply(`${args.plugin} is off.`);
      },
    );
  },
});
