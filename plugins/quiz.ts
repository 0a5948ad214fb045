import { plugin, t } from "merpati";

/** Questions with points. Shows: data by chat, `update`, questions, reactions, polls. */
export default plugin({
  name: "quiz",
  description: "!quiz asks, the right answer scores; !poll makes a poll.",
  enabled: false,
  permissions: ["store"],
  config: {
    questions: t.list(
      t.group({
        ask: t.string({ label: { en: "Question", id: "Pertanyaan" } }),
        answer: t.string({ label: { en: "Answer", id: "Jawaban" } }),
      }),
      {
        label: { en: "Questions", id: "Pertanyaan" },
        default: [
          { ask: "What is the capital of Indonesia?", answer: "Jakarta" },
          { ask: "How many legs has a spider?", answer: "8" },
          { ask: "Which bird carried messages?", answer: "pigeon" },
        ],
      },
    ),
  },
  texts: {
    en: {
      empty: "There are no questions yet.",
      wrong: "No: {right}.",
      nobody: "Nobody has points yet.",
      how: "Write it like this: question | first | second",
    },
    id: {
      empty: "Belum ada pertanyaan.",
      wrong: "Salah: {right}.",
      nobody: "Belum ada yang punya poin.",
      how: "Tulis begini: pertanyaan | pertama | kedua",
    },
  },
  setup({ command, answer, store, config }) {
    command("quiz", { description: "Ask me something" }, async ({ ask, chat, reply, tr }) => {
      if (config.questions.length === 0) return reply(tr("empty"));
      const asked = await store.update<number>(`next:${chat}`, (now) => ((now ?? -1) + 1) % config.questions.length);
      return ask(config.questions[asked ?? 0]?.ask ?? "", { answer: "guess", carry: asked, seconds: 120 });
    });
    answer<number>("guess", async ({ text, chat, sender, name, react, reply, tr }, asked) => {
      const right = config.questions[asked]?.answer ?? "";
      if (text.toLowerCase() !== right.toLowerCase()) return reply(tr("wrong", { right }));
      await store.update<{ name: string; points: number }>(`score:${chat}:${sender}`, (now) => ({
        name,
        points: (now?.points ?? 0) + 1,
      }));
      return react("🎉");
    });
    command("score", { description: "Who leads" }, async ({ chat, reply, tr }) => {
      const rows = await store.list<{ name: string; points: number }>(`score:${chat}:`);
      const lines = rows
        .sort((a, b) => b.value.points - a.value.points)
        .map(({ value }) => `${value.points} ${value.name}`);
      await reply(lines.join("\n") || tr("nobody"));
    });
    command("poll <text:text>", { description: "question | one | two | …" }, async ({ args, reply, tr }) => {
      const [question = "", ...options] = args.text.split("|").map((part) => part.trim());
      if (options.length < 2) return reply(tr("how"));
      return reply({ kind: "poll", question, options, selectable: 1 });
    });
  },
});
