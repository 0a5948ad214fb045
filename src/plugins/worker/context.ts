import type { DraftContent } from "../../core/model/content/draft.ts";
import type { BotEvent } from "../../core/model/events/events.ts";
import type { SendOptions } from "../../sdk/bot.ts";
import type { BurstContext, EventContext, MessageContext, Say, Sent } from "../../sdk/context.ts";
import { translate } from "../../sdk/texts.ts";
import { noSuch } from "../contract/meant.ts";
import { isMessage, wordsOf } from "../contract/said.ts";
import type { Texts, Typing } from "../contract/words.ts";
import { call, current } from "./rpc.ts";

/** What a message is handled with besides the event. */
export interface Surroundings {
  texts: Texts;
  /** What the chat is spoken to in, best first. */
  languages: readonly string[];
  /** Names of what takes answers. */
  answers: readonly string[];
}

/** As the API takes it. */
export function sayContent(say: Say): DraftContent {
  if (typeof say === "string") return { kind: "text", text: say };
  const content: object = "files" in say ? { ...say, files: say.files.map(inBase64) } : inBase64(say);
  return content as DraftContent;
}

function inBase64(file: object): object {
  if (!("bytes" in file) || file.bytes === undefined) return file;
  const { bytes, ...rest } = file;
  return { ...rest, base64: Buffer.from(bytes as Uint8Array).toString("base64") };
}

/** Sends, with a key that is the same when the same cause is handled again. */
export function sendKeyed(to: string, say: Say, options: SendOptions = {}): Promise<Sent> {
  const job = current.getStore();
  const key = options.key ?? (job ? `${job.cause}:${job.sends++}` : crypto.randomUUID());
  const device = options.device ?? job?.event?.device ?? null;
  const { quote, mentions, at, device: _device, key: _key, ...rest } = options;
  const context = {
    ...rest,
    ...(quote && { reply_to: quote }),
    ...(mentions && { mentions: [...mentions] }),
    ...(at !== undefined && { send_at: Math.floor(at instanceof Date ? at.getTime() / 1000 : at) }),
  };
  return call("send", { to, content: sayContent(say), context, device, key });
}

export async function showTyping(to: string, state: Typing = "composing", device?: string): Promise<void> {
  await call("typing", { to, state, device: device ?? current.getStore()?.event?.device ?? null });
}

/** What one chat wrote: the last message, with all of them. */
export function burstOf(events: readonly BotEvent<"message.received">[], around: Surroundings): BurstContext {
  const messages = events.map((event) => contextOf(event, around) as MessageContext);
  const last = messages.at(-1);
  if (last === undefined) throw new Error("a burst has a message");
  const text = messages.flatMap((message) => (message.text === "" ? [] : [message.text])).join("\n");
  return { ...last, messages, text };
}

export function contextOf(event: BotEvent, around: Surroundings): EventContext | MessageContext {
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
      if (!around.answers.includes(answer)) throw new Error(`ask: ${noSuch("answer", answer, around.answers)}`);
      const job = current.getStore();
      const key = job ? `${job.cause}:${job.sends++}` : crypto.randomUUID();
      await call("ask", { question: sayContent(question), key, answer, carry, seconds });
    },
    language: around.languages[0] ?? "en",
    speak: async (language) => void (await call("speak", language)),
    tr: (key, values) => translate(around.texts, around.languages, key, values),
  };
  return context;
}
