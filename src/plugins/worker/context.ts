import { type BotEvent, is } from "../../core/events.ts";
import type { EventContext, MessageContext, Say, Sent } from "../../sdk/context.ts";
import { translate } from "../../sdk/texts.ts";
import type { Texts } from "../words.ts";
import { call, current } from "./link.ts";

/** What every context of this plugin shares. */
export interface Tongue {
  texts: Texts;
  languages: readonly string[];
}

export const contentOf = (say: Say) => (typeof say === "string" ? { kind: "text" as const, text: say } : say);

/** Sends, with a key that is the same when the same cause is handled again. */
export function sendKeyed(to: string, say: Say, options: { device?: string; key?: string } = {}): Promise<Sent> {
  const job = current.getStore();
  const key = options.key ?? (job ? `${job.cause}:${job.sends++}` : crypto.randomUUID());
  const device = options.device ?? job?.event?.device ?? null;
  return call("send", { to, content: contentOf(say), device, key });
}

export function contextOf(event: BotEvent, tongue: Tongue): EventContext | MessageContext {
  const base = { event, data: event.data, device: event.device };
  if (!is(event, "message.received")) return base;
  const { data } = event;
  const { content } = data;
  const text =
    "text" in content
      ? content.text
      : "caption" in content && typeof content.caption === "string"
        ? content.caption
        : "";
  const context: MessageContext = {
    event,
    data,
    device: event.device,
    content,
    text: text.trim(),
    chat: data.chat,
    sender: data.sender,
    phone: data.sender_phone,
    name: data.push_name ?? data.sender_phone ?? data.sender,
    isGroup: data.is_group,
    fromMe: data.from_me,
    role: () => call("role", null),
    reply: (say) => sendKeyed(data.chat, say),
    ask: async (question, { answer, carry = null, seconds = 600 }) => {
      const job = current.getStore();
      const key = job ? `${job.cause}:${job.sends++}` : crypto.randomUUID();
      await call("ask", { question: contentOf(question), key, answer, carry, seconds });
    },
    tr: (key, values) => translate(tongue.texts, tongue.languages, key, values),
  };
  return context;
}
