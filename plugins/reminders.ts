import { type MessageContext, plugin, Refusal, t } from "merpati";

interface Reminder {
  chat: string;
  device: string;
  /** Who asked: named in a group. */
  sender: string | null;
  what: string;
  /** Milliseconds since 1970. */
  due: number;
}

/** Reminds people. Shows: questions with answers that survive a restart, the store, a schedule, languages. */
export default plugin({
  name: "reminders",
  description: "!remind 2h tea, or !remind alone, writes when it is time.",
  enabled: false,
  permissions: ["store", "send"],
  config: {
    perChat: t.integer({
      default: 20,
      min: 1,
      max: 500,
      label: { en: "Per chat", id: "Per obrolan" },
      description: { en: "How many one chat may have.", id: "Berapa yang boleh dimiliki satu obrolan." },
    }),
  },
  texts: {
    en: {
      what: "What shall I remind you of?",
      when: "In how long? 10m, 2h or 1d; a number is minutes.",
      unclear: "I understand 10m, 2h and 1d; a number is minutes.",
      set: "I will remind you in {time}.",
      many: "There are {count} already; that is enough.",
      none: "Nothing to remember.",
      gone: "Forgotten: {what}",
      number: "There is no reminder {number}.",
      now: "Reminder: {what}",
    },
    id: {
      what: "Apa yang harus diingatkan?",
      when: "Berapa lama lagi? 10m, 2h atau 1d; angka saja berarti menit.",
      unclear: "Saya mengerti 10m, 2h dan 1d; angka saja berarti menit.",
      set: "Akan saya ingatkan dalam {time}.",
      many: "Sudah ada {count}; itu cukup.",
      none: "Tidak ada pengingat.",
      gone: "Dihapus: {what}",
      number: "Tidak ada pengingat {number}.",
      now: "Pengingat: {what}",
    },
  },
  setup({ command, answer, every, store, send, now, config }) {
    const ofChat = async (chat: string) => {
      const all = await store.list<Reminder>("due:");
      return all.filter(({ value }) => value.chat === chat).sort((a, b) => a.value.due - b.value.due);
    };
    async function set(message: MessageContext, time: string, what: string) {
      const { chat, reply, tr } = message;
      const count = (await ofChat(chat)).length;
      if (count >= config.perChat) return reply(tr("many", { count }));
      const due = (await now()).getTime() + (minutesIn(time) ?? 0) * 60_000;
      // The event's id in the key: a redelivered answer sets the same reminder.
      await store.set(`due:${message.event.id}`, reminderOf(message, what, due));
      return reply(tr("set", { time: /^\d+$/.test(time) ? `${time}m` : time }));
    }

    command(
      "remind [time] [what:text]",
      { description: "Remind me of something", aliases: ["ingatkan"] },
      (message) => {
        const { args, ask, tr } = message;
        if (args.time === undefined) return ask(tr("what"), { answer: "what" });
        if (minutesIn(args.time) === null) throw new Refusal(tr("unclear"));
        if (args.what === undefined) return ask(tr("what"), { answer: "what", carry: args.time });
        return set(message, args.time, args.what);
      },
    );
    answer<string | null>("what", (message, time) =>
      time === null
        ? message.ask(message.tr("when"), { answer: "when", carry: message.text })
        : set(message, time, message.text),
    );
    answer<string>("when", (message, what) =>
      minutesIn(message.text) === null
        ? message.ask(message.tr("unclear"), { answer: "when", carry: what })
        : set(message, message.text, what),
    );

    command("reminders", { description: "What I shall remind you of" }, async ({ chat, reply, tr }) => {
      const lines = (await ofChat(chat)).map(({ value }, i) => `${i + 1}. ${value.what}`);
      await reply(lines.join("\n") || tr("none"));
    });
    command("unremind <number:int>", { description: "Forget one of them" }, async ({ args, chat, reply, tr }) => {
      const found = (await ofChat(chat))[args.number - 1];
      if (!found) throw new Refusal(tr("number", { number: args.number }));
      await store.delete(found.key);
      return reply(tr("gone", { what: found.value.what }));
    });

    every("* * * * *", { missed: "once" }, async () => {
      const time = (await now()).getTime();
      for (const { key, value } of await store.list<Reminder>("due:")) {
        if (value.due > time) continue;
        const { chat, device, sender, what } = value;
        const text = sender === null ? what : `@${sender.split(/[@:]/)[0]} ${what}`;
        await send(chat, text, { device, key, ...(sender !== null && { mentions: [sender] }) });
        await store.delete(key);
      }
    });
  },
});

function reminderOf(message: MessageContext, what: string, due: number): Reminder {
  const { chat, device, isGroup, sender, tr } = message;
  return { chat, device: device ?? "default", sender: isGroup ? sender : null, what: tr("now", { what }), due };
}

/** `90`, `10m`, `2h`, `1d` in minutes, up to a year; null when it is none of them. */
function minutesIn(text: string): number | null {
  const [, amount, unit = "m"] = /^(\d{1,6})\s*([mhd]?)$/i.exec(text.trim()) ?? [];
  const minutes = Number(amount) * ({ h: 60, d: 1440 }[unit.toLowerCase()] ?? 1);
  return minutes >= 1 && minutes <= 525_600 ? minutes : null;
}
