import { plugin, t } from "merpati";

/** Keeps links out of groups: deletes, warns, counts. Shows: middleware, roles, `delete`, data by member. */
export default plugin({
  name: "moderation",
  description: "Deletes links that members post in groups and warns them.",
  enabled: false,
  permissions: ["store", "groups"],
  config: {
    allowed: t.list(t.string(), { default: [], description: "Hosts that may be linked, e.g. example.com." }),
    warnings: t.integer({ default: 3, min: 1, max: 20, description: "After so many the member is removed." }),
  },
  setup({ on, command, store, groups, config }) {
    const link = /(?:https?:\/\/|www\.|chat\.whatsapp\.com\/)(\S+)/i;
    const isAllowed = (rest: string) =>
      config.allowed.some((host) => rest.toLowerCase().startsWith(host.toLowerCase()));
    on("message.text", async ({ text, isGroup, role, chat, sender, phone, data, reply, name }) => {
      const found = isGroup ? link.exec(text) : null;
      if (!found || isAllowed(found[1] ?? "") || (await role()) !== "anyone") return;
      await reply({ kind: "delete", target: data.id });
      const count = (await store.update<number>(`warned:${chat}:${phone ?? sender}`, (now) => (now ?? 0) + 1)) ?? 1;
      const warning = `${name}: no links here, please (${count}/${config.warnings}).`;
      await reply(warning);
      if (count >= config.warnings) await groups.change(chat, "remove", [sender]);
    });
    command(
      "pardon <who:phone>",
      { description: "Forget a member's warnings", role: "group_admin", chats: "group" },
      async ({ args, chat, react }) => {
        for (const { key } of await store.list(`warned:${chat}:${args.who}`)) await store.delete(key);
        await react("👍");
      },
    );
  },
});
