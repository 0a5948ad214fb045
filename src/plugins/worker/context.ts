import type { BotEvent } from "../../core/events.ts";
import type { SendOptions } from "../../sdk/bot.ts";
import type { EventContext, MessageContext, Say, Sent } from "../../sdk/context.ts";
import { translate } from "../../sdk/texts.ts";
import { isMessage, wordsOf } from "../said.ts";
import type { Texts, Typing } from "../words.ts";
import { call, current } from "./link.ts";

/** What a chat is spoken to in. */
export interface Tongue {
  texts: Texts;
  languages: readonly string[];
}

export const contentOf = (say: Say) => (typeof say === "string" ? { kind: "text" as const, text: say } : say);

/** Sends, with a key that is the same when the same cause is handled again. */
export function sendKeyed(to: string, say: Say, options: SendOptions = {}): Promise<Sent> {
  const job = current.getStore();
  const key = options.key ?? (job ? `${job.cause}:${job.sends++}` : crypto.randomUUID());
  const device = options.device ?? job?.event?.device ?? null;
  const { quote, mentions, at } = options;
  const context = { ...(quote && { reply_to: quote }), ...(mentions && { mentions: [...mentions] }) };
  const when = at === undefined ? {} : { send_at: Math.floor(at instanceof Date ? at.getTime() / 1000 : at) };
  return call("send", { to, content: contentOf(say), context: { ...context, ...when }, device, key });
}

export async function showTyping(to: string, state: Typing = "composing", device?: string): Promise<void> {
  await call("typing", { to, state, device: device ?? current.getStore()?.event?.device ?? null });
}

export function contextOf(event: BotEvent, tongue: Tongue): EventContext | MessageContext {
  const base = { event, data: event.data, device: event.device };
  if (!isMessage(event)) return base;
  const { data } = event;
  const { content } = data;
  const context: MessageContext = {
    event,
    data,
    device: event.device,
    content,
    text: wordsOf(content).trim(),
    chat: data.chat,
    sender: data.sender,
    phone: data.sender_phone,
    name: data.push_name ?? data.sender_phone ?? data.sender,
    isGroup: data.is_group,
    fromMe: data.from_me,
    role: () => call("role", null),
    reply: (say, options) => sendKeyed(data.chat, say, options),
    react: async (emoji) => void (await sendKeyed(data.chat, { kind: "reaction", target: data.id, emoji })),
    typing: (state) => showTyping(data.chat, state),
    ask: async (question, { answer, carry = null, seconds = 600 }) => {
      const job = current.getStore();
      const key = job ? `${job.cause}:${job.sends++}` : crypto.randomUUID();
      await call("ask", { question: contentOf(question), key, answer, carry, seconds });
    },
    language: tongue.languages[0] ?? "en",
    speak: async (language) => void (await call("speak", language)),
    tr: (key, values) => translate(tongue.texts, tongue.languages, key, values),
  };
  return context;
}
