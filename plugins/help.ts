import { nearest, plugin, t } from "merpati";

/** `!help`, made of what every plugin declares; and a hint when a command does not exist. */
export default plugin({
  name: "help",
  description: "Lists the commands, explains one, and guesses what was meant.",
  config: {
    hint: t.boolean({
      default: true,
      label: { en: "Hint", id: "Petunjuk" },
      description: {
        en: "Answer an unknown command with the nearest one there is.",
        id: "Jawab perintah yang tidak dikenal dengan yang paling mirip.",
      },
    }),
  },
  texts: {
    en: {
      none: "There is no command {name}.",
      meant: "There is no {name}. Did you mean {meant}?",
      aliases: "Also: {aliases}",
    },
    id: {
      none: "Tidak ada perintah {name}.",
      meant: "Tidak ada {name}. Maksud Anda {meant}?",
      aliases: "Juga: {aliases}",
    },
  },
  setup({ command, commands, on, config }) {
    command(
      "help [name]",
      { description: "What can I do?", aliases: ["menu", "bantuan"] },
      async ({ args, reply, role, isGroup, tr }) => {
        const { prefixes, commands: all } = await commands();
        const prefix = prefixes[0] ?? "";
        const mine = await role();
        const here = isGroup ? "group" : "private";
        const shown = all.filter(
          ({ role: needed, chats }) =>
            (chats === null || chats === here) &&
            (needed === "anyone" || needed === mine || mine === "owner" || (mine === "admin" && needed !== "owner")),
        );
        const wanted = args.name?.toLowerCase().replace(prefix, "");
        if (wanted === undefined) return reply(shown.map((each) => line(prefix, each)).join("\n"));
        const found = all.find((each) => each.name === wanted || each.aliases.includes(wanted));
        if (!found) return reply(tr("none", { name: prefix + wanted }));
        const aliases = found.aliases.map((alias) => prefix + alias).join(" ");
        return reply([line(prefix, found), ...(aliases ? [tr("aliases", { aliases })] : [])].join("\n"));
      },
    );

    on("command.unknown", async ({ text, reply, isGroup, tr }) => {
      if (!config.hint || isGroup) return;
      const { prefixes, commands: all } = await commands();
      const prefix = prefixes.find((each) => text.startsWith(each));
      const word = prefix === undefined ? "" : (text.slice(prefix.length).split(/\s/)[0] ?? "").toLowerCase();
      if (!/^[\p{L}\d-]{2,}$/u.test(word)) return;
      const meant = nearest(
        word,
        all.flatMap(({ name, aliases }) => [name, ...aliases]),
      );
      if (meant) await reply(tr("meant", { name: `${prefix}${word}`, meant: `${prefix}${meant}` }));
    });
  },
});

function line(
  prefix: string,
  { name, usage, description }: { name: string; usage: string; description: string },
): string {
  return [`*${`${prefix}${name} ${usage}`.trim()}*`, description].filter(Boolean).join(" – ");
}
