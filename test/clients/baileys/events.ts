import type { BaileysEventMap, WAMessage } from "@whiskeysockets/baileys";
import type { Memory } from "./memory.ts";

export type Say = (line: Readonly<Record<string, unknown>>) => void;
type Events = Partial<BaileysEventMap>;

/** WhatsApp's numbers for what became of a message, as Baileys tells them. */
const RECEIPTS: Readonly<Record<number, string>> = { 3: "delivery", 4: "read", 5: "played" };
/** The kinds of history, by their numbers. */
const HISTORY = ["INITIAL_BOOTSTRAP", "STATUS", "FULL", "RECENT", "PUSH_NAME", "NON_BLOCKING_DATA", "ON_DEMAND"];
const RESTART = 515;
/** How a connection ended that is not to be taken up again. */
const ENDS: Readonly<Record<number, string>> = {
  401: "logged-out",
  402: "failed",
  403: "failed",
  405: "failed",
  440: "closed",
};

/** Tells what happened, in the words of the stories. Returns whether to connect again. */
export function tell(events: Events, memory: Memory, say: Say): "again" | undefined {
  for (const message of events["messages.upsert"]?.messages ?? []) tellMessage(message, memory, say);
  for (const { key, update } of events["messages.update"] ?? []) {
    const type = RECEIPTS[Number(update.status)];
    if (type) say({ event: "receipt", type, messages: [key.id], chat: key.remoteJid });
    const edited = update.message?.editedMessage?.message;
    if (edited) say({ event: "message", edit: true, text: textOf(edited), message: key.id });
    if (update.message === null) say({ event: "message", protocol: "REVOKE", message: key.id });
  }
  for (const { key, reaction } of events["messages.reaction"] ?? [])
    say({ event: "message", reaction: reaction.text, to: key.id });
  const history = events["messaging-history.set"];
  if (history) {
    const type = HISTORY[Number(history.syncType)];
    say({ event: "history", type, texts: history.messages.flatMap(({ message }) => textOf(message) || []) });
  }
  tellAccount(events, say);
  return tellConnection(events["connection.update"], events, say);
}

function tellMessage(message: WAMessage, memory: Memory, say: Say): void {
  const { key, message: content, pushName } = message;
  if (key.id) memory.heard.set(key.id, message);
  if (!content) return;
  const sender = key.participant ?? key.remoteJid;
  const marks = { message: key.id, chat: key.remoteJid, sender, fromMe: key.fromMe ?? false, name: pushName };
  const type = RECEIPTS[Number(message.status)];
  if (key.fromMe && type) say({ event: "receipt", type, messages: [key.id], chat: key.remoteJid });
  const reaction = content.reactionMessage;
  if (reaction) return say({ event: "message", ...marks, reaction: reaction.text, to: reaction.key?.id });
  say({ event: "message", ...marks, text: textOf(content), edit: false });
}

function textOf(content: WAMessage["message"]): string {
  return content?.conversation || content?.extendedTextMessage?.text || content?.imageMessage?.caption || "";
}

function tellAccount(events: Events, say: Say): void {
  for (const { id, archived } of events["chats.update"] ?? []) {
    if (typeof archived === "boolean") say({ event: "archive", chat: id, on: archived });
  }
  for (const { id, name } of events["contacts.upsert"] ?? []) say({ event: "contact", chat: id, name });
  for (const { id, subject, linkedParent } of events["groups.upsert"] ?? [])
    say({ event: "joined", chat: id, name: subject, parent: linkedParent });
  for (const { id, subject, announce, desc } of events["groups.update"] ?? [])
    say({ event: "group", chat: id, name: subject, announce, topic: desc });
  const presence = events["presence.update"];
  for (const one of Object.values(presence?.presences ?? {})) {
    const { lastKnownPresence: state } = one;
    if (state === "composing") say({ event: "typing", chat: presence?.id, state });
    else say({ event: "presence", from: presence?.id, online: state === "available" });
  }
  for (const { id, from, status } of events["call"] ?? [])
    if (status === "offer") say({ event: "call", from, call: id });
  const name = events["creds.update"]?.me?.name;
  if (name) say({ event: "push-name", name });
}

function tellConnection(update: Events["connection.update"], events: Events, say: Say): "again" | undefined {
  if (update?.qr) say({ event: "qr", code: update.qr });
  const me = events["creds.update"]?.me;
  if (update?.isNewLogin || (me && events["creds.update"]?.account)) say({ event: "paired", jid: me?.id });
  if (update?.connection === "open") say({ event: "open" });
  if (update?.connection !== "close") return undefined;
  const error = update.lastDisconnect?.error;
  const code = error && "output" in error ? (error.output as { statusCode: number }).statusCode : 0;
  if (code === RESTART) return "again";
  const end = ENDS[code];
  say({
    event: end ?? "closed",
    reason: code === 440 ? "replaced" : code,
    onConnect: error?.message === "Connection Failure",
  });
  return end === undefined ? "again" : undefined;
}
