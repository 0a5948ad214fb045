import { type MessageContext, plugin, Refusal, t } from "merpati";

/** Keeps order in groups: links are deleted, members warned and removed. Shows: roles, groups, `delete`, data by member. */
export default plugin({
  name: "moderation",
  description: "Deletes links in groups; !warn, !kick and !pardon for their admins.",
  enabled: false,
  permissions: ["store", "groups"],
  config: {
    links: t.boolean({
      default: true,
      label: { en: "Links", id: "Tautan" },
      description: { en: "Delete links that members post.", id: "Hapus tautan dari anggota." },
    }),
    allowed: t.list(t.string(), {
      default: [],
      label: { en: "Allowed hosts", id: "Host yang boleh" },
      description: {
        en: "Hosts that may be linked, e.g. example.com.",
        id: "Host yang boleh ditautkan, mis. example.com.",
      },
    }),
    warnings: t.integer({
      default: 3,
      min: 1,
      max: 20,
      label: { en: "Warnings", id: "Peringatan" },
      description: { en: "After so many the member is removed.", id: "Setelah sekian kali anggota dikeluarkan." },
    }),
  },
  texts: {
    en: {
      link: "{who}: no links here, please ({count}/{most}).",
      warned: "{who}: {why} ({count}/{most}).",
      why: "please mind the rules of this group",
      notAdmin: "Make me an admin of this group first.",
      pardoned: "{who}: forgotten.",
    },
    id: {
      link: "{who}: jangan kirim tautan di sini ({count}/{most}).",
      warned: "{who}: {why} ({count}/{most}).",
      why: "mohon patuhi aturan grup ini",
      notAdmin: "Jadikan saya admin grup ini dulu.",
      pardoned: "{who}: dilupakan.",
    },
  },
  setup({ on, command, store, groups, config }) {
    const link = /(?:https?:\/\/|www\.|\bchat\.whatsapp\.com\/)\S*/gi;
    const hosts = config.allowed.map((host) => host.toLowerCase());
    const isForeign = (found: string) => {
      const host =
        found
          .toLowerCase()
          .replace(/^https?:\/\//, "")
          .split(/[/?#:]/)[0] ?? "";
      return !hosts.some((each) => host === each || host.endsWith(`.${each}`));
    };
    const key = (chat: string, who: string) => `warned:${chat}:${who}`;
    const named = (who: string) => `@${who.split(/[@:]/)[0]}`;

    async function remove({ chat, tr }: MessageContext, who: string): Promise<void> {
      const done = await groups.change(chat, "remove", [who]);
      if (!done.every(({ ok }) => ok)) throw new Refusal(tr("notAdmin"));
      await store.delete(key(chat, who));
    }
    /** Counts, says so, and removes at the last warning. */
    async function warn(message: MessageContext, who: string, text: "link" | "warned", why = ""): Promise<void> {
      const { chat, reply, tr } = message;
      const count = (await store.update<number>(key(chat, who), (now) => (now ?? 0) + 1)) ?? 1;
      await reply(tr(text, { who: named(who), why, count, most: config.warnings }), { mentions: [who] });
      if (count >= config.warnings) await remove(message, who);
    }

    for (const kind of ["message.text", "message.image", "message.video", "message.document"] as const)
      on(kind, async (message) => {
        const { text, isGroup, role, sender, data, reply } = message;
        if (!config.links || !isGroup || !(text.match(link) ?? []).some(isForeign)) return;
        if ((await role()) !== "anyone") return;
        await reply({ kind: "delete", target: data.id });
        await warn(message, sender, "link");
      });

    const admins = { role: "group_admin", chats: "group" } as const;
    command("warn <who:person> [why:text]", { ...admins, description: "Warn a member" }, (message) =>
      warn(message, message.args.who, "warned", message.args.why ?? message.tr("why")),
    );
    command("kick <who:person>", { ...admins, description: "Remove a member" }, async (message) => {
      await remove(message, message.args.who);
      await message.react("👋");
    });
    command("pardon <who:person>", { ...admins, description: "Forget a member's warnings" }, async (message) => {
      const { args, chat, reply, tr } = message;
      await store.delete(key(chat, args.who));
      await reply(tr("pardoned", { who: named(args.who) }), { mentions: [args.who] });
    });
  },
});
