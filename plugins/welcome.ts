import { plugin, t } from "merpati";

/** Greets who joins a group. Shows: an event that is no message, writing where it happened, mentions. */
export default plugin({
  name: "welcome",
  description: "Greets new members of groups.",
  enabled: false,
  config: {
    text: t.string({
      default: "Welcome, {names}!",
      label: { en: "Text", id: "Teks" },
      description: { en: "{names} are the new members.", id: "{names} adalah anggota baru." },
      max: 1000,
    }),
    groups: t.list(t.string(), {
      default: [],
      label: { en: "Groups", id: "Grup" },
      description: { en: "Ids of the groups; empty is every group.", id: "ID grup; kosong berarti semua grup." },
    }),
  },
  setup({ on, send, config }) {
    on("group.members", async ({ data }) => {
      if (data.action !== "add" || (config.groups.length > 0 && !config.groups.includes(data.group))) return;
      const mentions = data.members.map(({ jid }) => jid);
      const names = mentions.map((jid) => `@${jid.split("@")[0]}`).join(", ");
      await send(data.group, config.text.replaceAll("{names}", names), { mentions });
    });
  },
});
