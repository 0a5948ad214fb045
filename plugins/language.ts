import { plugin, Refusal, t } from "merpati";

/** The language of a chat, for every plugin. Shows: `speak`, roles asked in the handler, a list in the settings. */
export default plugin({
  name: "language",
  description: "!language id: what the bot speaks in this chat.",
  enabled: false,
  config: {
    languages: t.list(t.string(), {
      default: ["en", "id"],
      label: { en: "Languages", id: "Bahasa" },
      description: { en: "What may be chosen.", id: "Yang dapat dipilih." },
    }),
  },
  texts: {
    en: { now: "This chat speaks {language}. There are {all}.", who: "Ask a group admin." },
    id: { now: "Bahasa di sini: {language}. Pilihan: {all}.", who: "Tanya admin grup." },
  },
  setup({ command, config }) {
    command("language [code]", { description: "What I speak here", aliases: ["bahasa"] }, async (message) => {
      const { args, language, isGroup, role, reply, speak, tr } = message;
      const all = config.languages.join(", ");
      if (args.code === undefined) return reply(tr("now", { language, all }));
      if (isGroup && (await role()) === "anyone") throw new Refusal(tr("who"));
      const code = args.code.toLowerCase();
      if (!config.languages.includes(code)) return reply(tr("now", { language, all }));
      await speak(code);
      return reply(`✓ ${code}`);
    });
  },
});
