import type { Static, TSchema } from "@sinclair/typebox";
import type { Content, Kinds } from "./content.ts";
import * as done from "./done.ts";
import { inOrder } from "./kind.ts";
import { titled } from "./parts.ts";

const kinds = { ...done };
type Schema<K extends keyof typeof kinds> = (typeof kinds)[K] extends { content: infer S extends TSchema } ? S : never;

/** What comes in of what can be done: a forward comes in as what it says. */
export type ActionKind = { [K in keyof typeof kinds]: [Schema<K>] extends [never] ? never : K }[keyof typeof kinds];
export const actionKinds = inOrder(kinds).filter((kind): kind is ActionKind => "content" in kinds[kind]);

/** What can be done to a message or a chat, by kind. Each has an event type of its own. */
export const actionSchemas = Object.fromEntries(
  actionKinds.map((kind) => [kind, titled(kinds[kind].content, kind, "Action")]),
) as {
  [K in ActionKind]: Schema<K>;
};

export type ActionOf<K extends ActionKind> = Static<(typeof actionSchemas)[K]>;
/** What a message does. */
export type Action = Kinds<typeof actionSchemas>[ActionKind];

export function isAction(content: Content | Action): content is Action {
  return content.kind in actionSchemas;
}
