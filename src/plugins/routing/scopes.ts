import type { NewEvent } from "../../core/model/events/events.ts";
import type { PluginScope } from "../../core/ports/plugins.ts";
import { recipient } from "../../core/model/recipient.ts";
import { everywhere } from "../settings/plugin-records.ts";

/** Where each plugin is on. */
export class Scopes {
  readonly #of = new Map<string, PluginScope>();

  set(plugin: string, scope: PluginScope): void {
    this.#of.set(plugin, scope);
  }

  /** `chats`: every name of the one chat; none when there is none. */
  isOn(plugin: string, device: string | null, chats: readonly string[]): boolean {
    const scope = this.#of.get(plugin) ?? everywhere;
    if (scope.devices && device !== null && !scope.devices.includes(device)) return false;
    if (chats.length === 0) return true;
    if (chats.some((chat) => scope.except.includes(chat))) return false;
    return scope.chats === null || chats.some((chat) => scope.chats?.includes(chat));
  }
}

/** A scope as it is kept: phone numbers written as JIDs. Throws `invalid`. */
export function tidy({ devices, chats, except }: PluginScope): PluginScope {
  return {
    devices,
    chats: chats?.map((chat) => recipient(chat, "chats")) ?? null,
    except: except.map((chat) => recipient(chat, "except")),
  };
}

/** The same scope with this chat in, or out. */
export function withChat(scope: PluginScope, chat: string, on: boolean): PluginScope {
  const others = (list: readonly string[]) => list.filter((other) => other !== chat);
  if (!on) return { ...scope, chats: scope.chats && others(scope.chats), except: [...others(scope.except), chat] };
  return { ...scope, chats: scope.chats && [...others(scope.chats), chat], except: others(scope.except) };
}

/** What `recipient` makes of it, for what was checked already or will be: never throws. */
export function chatOf(to: string): string {
  return to.includes("@") ? to.replace(/@c\.us$/, "@s.whatsapp.net") : `${to.replace(/^\+/, "")}@s.whatsapp.net`;
}

/** Every name of the chat an event happened in: a private one goes by phone number and by LID. */
export function chatsOf({ data }: Pick<NewEvent, "data">): string[] {
  if ("chat" in data && typeof data.chat === "string") {
    const { chat_phone: phone, chat_lid: lid } = data as { chat_phone?: string | null; chat_lid?: string | null };
    return [...new Set([data.chat, ...(phone ? [chatOf(phone)] : []), ...(lid ? [lid] : [])])];
  }
  return "group" in data && typeof data.group === "string" ? [data.group] : [];
}
