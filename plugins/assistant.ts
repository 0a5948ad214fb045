import { type MessageContext, plugin, Refusal, t } from "merpati";

interface Turn {
  role: "user" | "assistant";
  content: string;
}

/** Talks through any OpenAI-compatible endpoint. Shows: `fetch` with a streamed answer, memory by chat, an allow-list. */
export default plugin({
  name: "assistant",
  description: "!ai <question> asks a language model; it remembers the chat.",
  enabled: false,
  permissions: ["store", "net:*"],
  patience: 5,
  config: {
    url: t.string({
      default: "https://api.openai.com/v1",
      format: "url",
      label: { en: "Address", id: "Alamat" },
      description: {
        en: "Where the API begins, without a slash at the end.",
        id: "Awal alamat API, tanpa garis miring di akhir.",
      },
    }),
    key: t.secret({
      default: "",
      label: { en: "Key", id: "Kunci" },
      description: { en: "The API's key.", id: "Kunci API." },
    }),
    model: t.string({ default: "gpt-4o-mini", label: "Model" }),
    system: t.string({
      default: "You answer on WhatsApp: short, friendly, in the language you are asked in.",
      label: { en: "Instructions", id: "Petunjuk" },
    }),
    allow: t.list(t.string({ format: "phone" }), {
      default: [],
      label: { en: "Who may ask", id: "Yang boleh bertanya" },
      description: {
        en: "Phone numbers that may ask; empty is everybody.",
        id: "Nomor yang boleh bertanya; kosong berarti semua.",
      },
    }),
    always: t.boolean({
      default: false,
      label: { en: "Always", id: "Selalu" },
      description: {
        en: "Answer every text in private chats, without !ai.",
        id: "Jawab semua teks di obrolan pribadi, tanpa !ai.",
      },
    }),
    memory: t.integer({
      default: 10,
      min: 0,
      max: 50,
      label: { en: "Memory", id: "Ingatan" },
      description: { en: "How many turns of a chat it remembers.", id: "Berapa giliran obrolan yang diingat." },
    }),
  },
  texts: {
    en: { closed: "This is not open to you.", silent: "The assistant does not answer just now." },
    id: { closed: "Ini tidak terbuka untuk Anda.", silent: "Asisten sedang tidak menjawab." },
  },
  setup({ command, on, store, fetch, config, log }) {
    const may = (phone: string | null) => config.allow.length === 0 || config.allow.includes(phone ?? "");

    async function respond({ chat, typing, reply, tr }: MessageContext, question: string): Promise<void> {
      await typing();
      const past = (await store.get<Turn[]>(`chat:${chat}`)) ?? [];
      const asked: Turn = { role: "user", content: question };
      const answer = await complete([{ role: "system", content: config.system }, ...past, asked]);
      if (answer === null) throw new Refusal(tr("silent"));
      await reply(answer);
      const turns = [...past, asked, { role: "assistant" as const, content: answer }];
      await store.set(`chat:${chat}`, config.memory === 0 ? [] : turns.slice(-2 * config.memory));
    }

    command("ai <question:text>", { description: "Ask the assistant", cooldown: 5 }, (message) => {
      if (!may(message.phone)) throw new Refusal(message.tr("closed"));
      return respond(message, message.args.question);
    });
    on("message.text", async (message) => {
      if (config.always && !message.isGroup && may(message.phone)) await respond(message, message.text);
    });
    command("forget", { description: "Let the assistant forget this chat" }, async ({ chat, react }) => {
      await store.delete(`chat:${chat}`);
      await react("🧹");
    });

    async function complete(messages: { role: string; content: string }[]): Promise<string | null> {
      const response = await fetch(`${config.url}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${config.key}` },
        body: JSON.stringify({ model: config.model, messages, stream: true }),
      });
      if (!response.ok || !response.body) {
        log.warn("the endpoint refused", { status: response.status });
        return null;
      }
      let text = "";
      for await (const piece of pieces(response.body)) text += piece;
      return text.trim() || "…";
    }
  },
});

/** The words in a stream of server-sent events. */
async function* pieces(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const data = line.startsWith("data:") ? line.slice(5).trim() : "";
      if (data === "" || data === "[DONE]") continue;
      const delta = (JSON.parse(data) as { choices?: { delta?: { content?: string } }[] }).choices?.[0]?.delta?.content;
      if (delta) yield delta;
    }
  }
}
