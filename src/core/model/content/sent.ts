import { Type } from "@sinclair/typebox";
import { type Action, type ActionKind, actionSchemas } from "./action.ts";
import { type Content, type ContentKind, contentSchemas } from "./content.ts";
import { type DraftKind, draftKinds } from "./draft.ts";

/** Kinds that can be sent; the others only come in. */
export type SentKind = Extract<DraftKind, ContentKind | ActionKind>;
export const sentKinds = draftKinds.filter((kind): kind is SentKind => kind in contentSchemas || kind in actionSchemas);

/** What a message says or does, once its draft was checked and its files are here. */
export type SentContent = Extract<Content | Action, { kind: SentKind }>;
export const sentContentSchema = Type.Unsafe<SentContent>(
  Type.Union(
    sentKinds.map((kind) => ({ ...contentSchemas, ...actionSchemas })[kind]),
    { title: "SentContent" },
  ),
);
