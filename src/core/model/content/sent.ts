import type { Action } from "./action.ts";
import { type Content, mediaKinds } from "./content.ts";

/** Kinds that can be sent; the others only come in. */
export const sentKinds = [
  "text",
  ...mediaKinds,
  "location",
  "live_location",
  "contacts",
  "group_invite",
  "poll",
  "event",
  "menu",
  "reaction",
  "edit",
  "delete",
  "pin",
  "keep",
  "poll_vote",
  "event_response",
  "timer",
] as const;
export type SentKind = (typeof sentKinds)[number];

/** What a message says or does, once its draft was checked and its files are here. */
export type SentContent = Extract<Content | Action, { kind: SentKind }>;
