import { t } from "elysia";
import type { Workspace } from "../../core/app.ts";
import { type BotEvent, is } from "../../core/model/events/events.ts";

/** Asks for messages as WhatsApp has them, too. */
export const raw = t.Optional(
  t.Union([t.Literal("true"), t.Literal("false")], { description: "true: with each message as WhatsApp has it" }),
);
export const wantsRaw = (asked: string | undefined): boolean => asked === "true";

/** The messages that these events tell of, as WhatsApp has them, by the events' ids. */
export async function rawOf(workspace: Workspace, events: readonly BotEvent[]): Promise<Record<string, object | null>> {
  const found = events
    .filter((event) => is(event, "message.received") || is(event, "message.sent"))
    .map(async ({ id, device, data }) => [id, await rawIn(workspace, device, data)] as const);
  return Object.fromEntries(await Promise.all(found));
}

/** Null of what is not kept any more, and of a device that is gone. */
async function rawIn(workspace: Workspace, device: string | null, data: BotEvent["data"]): Promise<object | null> {
  const one = workspace.devices().find(({ id }) => id === device);
  if (!one || !("chat" in data && "id" in data)) return null;
  return one.chatHistory.raw(String(data.chat), String(data.id));
}
