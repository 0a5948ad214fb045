import { plugin, Refusal } from "merpati";

/** Plugins from the chat, for the owner. Shows: roles and the permission `admin`. */
export default plugin({
  name: "admin",
  description: "!plugins, !enable and !disable, for the owner.",
  enabled: false,
  permissions: ["admin"],
  setup({ command, plugins, name: self }) {
    const owner = { role: "owner", chats: "private" } as const;
    command("plugins", { ...owner, description: "Plugins and their state" }, async ({ reply }) => {
      const all = await plugins.list();
      return reply(
        all
          .map(
            ({ name, state, description }) => `${state === "running" ? "●" : "○"} *${name}* (${state}) ${description}`,
          )
          .join("\n"),
      );
    });
    command("enable <plugin>", { ...owner, description: "Start a plugin" }, async ({ args, reply }) => {
      const found = (await plugins.list()).find(({ name }) => name === args.plugin);
      if (!found) throw new Refusal(`There is no plugin ${args.plugin}.`);
      await plugins.enable(args.plugin);
      return reply(`${args.plugin} runs. It may: ${found.permissions.join(", ") || "answer"}.`);
    });
    command("disable <plugin>", { ...owner, description: "Stop a plugin" }, async ({ args, reply }) => {
      if (args.plugin === self) throw new Refusal("That would lock you out.");
      await plugins.disable(args.plugin);
      return reply(`${args.plugin} is off.`);
    });
  },
});
