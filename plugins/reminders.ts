import { plugin, t } from "merpati";

interface Reminder {
  chat: string;
  device: string;
  what: string;
  /** Milliseconds since 1970. */
  due: number;
}

/** Reminds people. Shows: a question with an answer that survives a restart, the store, a schedule. */
export default plugin({
  name: "reminders",
  description: "!remind asks what and when, and writes when it is time.",
  enabled: false,
  permissions: ["store", "send"],
  config: { perChat: t.integer({ default: 20, min: 1, max: 500, description: "How many one chat may have." }) },
  texts: {
    en: {
      what: "What shall I remind you of?",
      when: "In how many minutes?",
      number: "A whole number of minutes, please.",
      set: "I will remind you in {minutes} min.",
      many: "There are {count} already; that is enough.",
      none: "Nothing to remember.",
      now: "Reminder: {what}",
    },
    id: {
      what: "Apa yang harus diingatkan?",
      when: "Berapa menit lagi?",
      number: "Tulis jumlah menit dengan angka.",
      set: "Akan saya ingatkan dalam {minutes} menit.",
      many: "Sudah ada {count}; itu cukup.",
      none: "Tidak ada pengingat.",
      now: "Pengingat: {what}",
    },
  },
  setup({ command, answer, every, store, send, now, config }) {
    command("remind", { description: "Remind me of something", aliases: ["ingatkan"] }, ({ ask, tr }) =>
      ask(tr("what"), { answer: "what" }),
    );
    answer("what", ({ text, ask, tr }) => ask(tr("when"), { answer: "when", carry: text }));
    answer<string>("when", async ({ text, ask, chat, device, event, reply, tr }, what) => {
      const minutes = Number(text);
      if (!Number.isInteger(minutes) || minutes < 1) return ask(tr("number"), { answer: "when", carry: what });
      const count = (await store.list<Reminder>("due:")).filter(({ value }) => value.chat === chat).length;
      if (count >= config.perChat) return reply(tr("many", { count }));
      const due = (await now()).getTime() + minutes * 60_000;
      // The event's id in the key: a redelivered answer sets the same reminder.
      await store.set(`due:${event.id}`, { chat, device: device ?? "default", what: tr("now", { what }), due });
      return reply(tr("set", { minutes }));
    });
    command("reminders", { description: "What I shall remind you of" }, async ({ chat, reply, tr }) => {
      const mine = (await store.list<Reminder>("due:")).filter(({ value }) => value.chat === chat);
      const lines = mine.sort((a, b) => a.value.due - b.value.due).map(({ value }) => `• ${value.what}`);
      await reply(lines.join("\n") || tr("none"));
    });
    every("* * * * *", { missed: "once" }, async () => {
      const time = (await now()).getTime();
      for (const { key, value } of await store.list<Reminder>("due:")) {
        if (value.due > time) continue;
        await send(value.chat, value.what, { device: value.device, key });
        await store.delete(key);
      }
    });
  },
});
