import { plugin, Refusal, t } from "merpati";

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
      description: "Where the API begins, without a slash at the end.",
    }),
    key: t.secret({ default: "", description: "The API's key." }),
    model: t.string({ default: "gpt-4o-mini" }),
    system: t.string({ default: "You answer on WhatsApp: short, friendly, in the language you are asked in." }),
    allow: t.list(t.string(), { default: [], description: "Phone numbers that may ask; empty is everybody." }),
    memory: t.integer({ default: 10, min: 0, max: 50, description: "How many turns of a chat it remembers." }),
  },
  setup({ command, store, fetch, config }) {
    command(
      "ai <question:text>",
      { description: "Ask the assistant", cooldown: 5 },
      async ({ args, chat, phone, reply }) => {
        if (config.allow.length > 0 && !config.allow.includes(phone ?? ""))
          throw new Refusal("This is not open to you.");
        const past = (await store.get<Turn[]>(`chat:${chat}`)) ?? [];
        const asked: Turn = { role: "user", content: args.question };
        const answer = await complete([{ role: "system", content: config.system }, ...past, asked]);
        await reply(answer);
        const turns = [...past, asked, { role: "assistant" as const, content: answer }];
        await store.set(`chat:${chat}`, config.memory === 0 ? [] : turns.slice(-2 * config.memory));
      },
    );
    command("forget", { description: "Let the assistant forget this chat" }, async ({ chat, react }) => {
      await store.delete(`chat:${chat}`);
      await react("🧹");
    });

    async function complete(messages: { role: string; content: string }[]): Promise<string> {
      const response = await fetch(`${config.url}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${config.key}` },
        body: JSON.stringify({ model: config.model, messages, stream: true }),
      });
      if (!response.ok || !response.body) throw new Refusal("The assistant does not answer just now.");
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
