import * as actions from "./actions.ts";
import { type Static, Type } from "@sinclair/typebox";
import { eventResponse } from "./event.ts";
import { targetSchema } from "./parts.ts";
import { pollVote } from "./poll.ts";
import { contentSchemas, type Kinds, type Content } from "./content.ts";

/** What can replace the content of a message that was sent: everything one can say. */
const edit = Type.Object(
  { kind: Type.Literal("edit"), target: targetSchema, content: Type.Union(Object.values(contentSchemas)) },
  { description: "New words for a message; `target` is the message as it first was." },
);

/** What can be done to a message or a chat, by kind. Each has an event type of its own. */
export const actionSchemas = {
  reaction: actions.reaction,
  edit,
  delete: actions.deletion,
  pin: actions.pin,
  keep: actions.keep,
  poll_vote: pollVote,
  event_response: eventResponse,
  timer: actions.timer,
};

export type ActionKind = keyof typeof actionSchemas;
export type ActionOf<K extends ActionKind> = Static<(typeof actionSchemas)[K]>;
/** What a message does. */
export type Action = Kinds<typeof actionSchemas>[ActionKind];
export const actionKinds = Object.keys(actionSchemas) as ActionKind[];

export function isAction(content: Content | Action): content is Action {
  return content.kind in actionSchemas;
}
