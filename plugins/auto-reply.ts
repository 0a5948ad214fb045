import { plugin, t } from "merpati";

/** Answers by rules, first match wins. Shows: settings that are lists of groups, `on("message.text")`. */
export default plugin({
  name: "auto-reply",
  description: "Answers messages that contain a word with a text of yours.",
  enabled: false,
  config: {
    rules: t.list(
      t.group({
        contains: t.string({ description: "Word or phrase, any case.", min: 1 }),
        answer: t.string({ description: "What to answer; {name} is the sender's name." }),
      }),
      { default: [], max: 200 },
    ),
    groups: t.boolean({ default: false, description: "Answer in groups too." }),
  },
  setup({ on, config }) {
    const rules = config.rules.map((rule) => ({ ...rule, contains: rule.contains.toLowerCase() }));
    on("message.text", async ({ text, name, isGroup, reply }) => {
      if (isGroup && !config.groups) return;
      const said = text.toLowerCase();
      const rule = rules.find(({ contains }) => said.includes(contains));
      if (rule) await reply(rule.answer.replaceAll("{name}", name));
    });
  },
});
