import { type Action, isAction } from "../model/content/action.ts";
import type { Content, Context } from "../model/content/content.ts";
import type { Signal } from "../ports/connector.ts";
import type { Envelope } from "../model/message/message.ts";
import type { SeenNames } from "../model/person.ts";
import { isPersonJid, phoneOfJid } from "../model/recipient.ts";
import type { PersonDirectory } from "./person-directory.ts";

/** What a signal tells of who is who. */
export function namesIn(signal: Signal): SeenNames[] {
  switch (signal.type) {
    case "message":
    case "undecryptable":
      return [...(signal.message.names ?? []), ...alone(signal.message)];
    case "learned": {
      const contacts = signal.contacts.flatMap(({ phone, lid, username = null, onlyKnown, old }): SeenNames[] => {
        const isPair = [phone, lid, username].filter((name) => name !== null).length > 1;
        return isPair || !onlyKnown ? [{ phone, lid, username, source: old ? "history" : "contacts" }] : [];
      });
      return [...(signal.names ?? []), ...contacts];
    }
    case "news":
      return newsNames(signal.news);
    case "open":
    case "paired":
    case "account":
      return [{ phone: phoneOfJid(signal.jid), lid: signal.lid, source: "account" }];
    default:
      return [];
  }
}

/** Whoever writes is somebody, whatever else is known of them; so is whoever is written to. */
function alone({ chat, sender }: Pick<Envelope, "chat" | "sender">): SeenNames[] {
  const people = [...new Set([chat, sender])].filter(isPersonJid);
  return people.map((jid) => ({ ...namesOf(jid), source: "message" }));
}

const namesOf = (jid: string): Pick<SeenNames, "phone" | "lid"> => {
  const phone = phoneOfJid(jid);
  return phone === null ? { lid: jid } : { phone };
};

function newsNames(news: Extract<Signal, { type: "news" }>["news"]): SeenNames[] {
  if (news.type === "contact.number_changed") {
    const { phone, lid, username, previous } = news.data;
    return [{ phone, lid, username, previous, source: "number_change" }];
  }
  return (news.contacts ?? [])
    .filter(({ phone, lid }) => phone !== null && lid !== null)
    .map(({ phone, lid, username = null, old }) => ({
      phone,
      lid,
      username,
      source: old ? "history" : "notification",
    }));
}

/** The same signal with one name for each chat and person that it is about. */
export async function identified(signal: Signal, directory: PersonDirectory): Promise<Signal> {
  switch (signal.type) {
    case "message": {
      const { content, context } = signal.message;
      const said = { content: await aimed(content, directory), context: await answering(context, directory) };
      return { ...signal, message: { ...signal.message, ...(await placeOf(signal.message, directory)), ...said } };
    }
    case "undecryptable":
      return { ...signal, message: { ...signal.message, ...(await placeOf(signal.message, directory)) } };
    case "receipt":
    case "seen":
    case "token":
      return { ...signal, chat: await directory.nameOf(signal.chat) };
    default:
      return signal;
  }
}

async function placeOf(
  { chat, sender }: Envelope,
  directory: PersonDirectory,
): Promise<Pick<Envelope, "chat" | "sender">> {
  return { chat: await directory.nameOf(chat), sender: await directory.nameOf(sender) };
}

/** An action with one name for the author of the message that it is for. */
async function aimed<T extends Content | Action>(content: T, directory: PersonDirectory): Promise<T> {
  if (!isAction(content) || !("target" in content) || content.target.sender === null) return content;
  const sender = await directory.nameOf(content.target.sender);
  return { ...content, target: { ...content.target, sender } };
}

async function answering(context: Context, directory: PersonDirectory): Promise<Context> {
  const { reply_to: reply } = context;
  if (!reply?.sender) return context;
  return { ...context, reply_to: { ...reply, sender: await directory.nameOf(reply.sender) } };
}
