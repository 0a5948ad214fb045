import { plugin, t } from "merpati";

/** Answers by rules, first match wins. Shows: settings that are lists of groups, `on("message.text")`. */
export default plugin({
  name: "auto-reply",
  description: "Answers what people write by rules of yours.",
  enabled: false,
  config: {
    rules: t.list(
      t.group({
        when: t.string({
          label: { en: "When", id: "Bila" },
          description: { en: "What is written, any case.", id: "Yang ditulis, huruf besar atau kecil." },
          min: 1,
        }),
        match: t.choice(["contains", "word", "exact"], {
          label: { en: "Match", id: "Kecocokan" },
          default: "contains",
          description: "How it must stand there.",
        }),
        answer: t.string({
          label: { en: "Answer", id: "Jawaban" },
          description: { en: "What to answer; {name} is who wrote.", id: "Jawabannya; {name} adalah yang menulis." },
          min: 1,
        }),
      }),
      { default: [], max: 200, description: "The first that matches answers." },
    ),
    groups: t.boolean({
      default: false,
      label: { en: "Groups", id: "Grup" },
      description: { en: "Answer in groups too.", id: "Jawab di grup juga." },
    }),
    pause: t.integer({
      label: { en: "Pause", id: "Jeda" },
      default: 10,
      min: 0,
      max: 86_400,
      description: "Seconds until a rule answers in a chat again.",
    }),
  },
  setup({ on, config, now }) {
    const rules = config.rules.map(({ when, match, answer }) => ({ fits: matcher(when, match), answer }));
    /** When a rule answered in a chat last: two bots that answer each other would not end. */
    const answered = new Map<string, number>();
    on("message.text", async ({ text, name, chat, isGroup, reply }) => {
      if (isGroup && !config.groups) return;
      const index = rules.findIndex(({ fits }) => fits(text));
      const rule = rules[index];
      if (!rule) return;
      const [key, time] = [`${index} ${chat}`, (await now()).getTime()];
      if (time - (answered.get(key) ?? 0) < config.pause * 1000) return;
      answered.set(key, time);
      if (answered.size > 10_000) answered.clear();
      await reply(rule.answer.replaceAll("{name}", name));
    });
  },
});

function matcher(when: string, match: "contains" | "word" | "exact"): (text: string) => boolean {
  const wanted = when.toLowerCase();
  if (match === "exact") return (text) => text.toLowerCase() === wanted;
  if (match === "contains") return (text) => text.toLowerCase().includes(wanted);
  const literal = wanted.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const word = new RegExp(`(?<![\\p{L}\\d])${literal}(?![\\p{L}\\d])`, "iu");
  return (text) => word.test(text);
}
