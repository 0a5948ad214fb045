import { type Static, type TObject, Type } from "@sinclair/typebox";
import { Value, type ValueError } from "@sinclair/typebox/value";
import { Failure } from "../../base/failure.ts";
import { saidThatCan } from "./content.ts";
import * as done from "./done.ts";
import { targetDraft } from "./draft-parts.ts";
import { titled } from "./parts.ts";
import { type Ability, enumerated, inOrder, type Make } from "./kind.ts";
import * as said from "./said.ts";

export type { TargetDraft } from "./draft-parts.ts";

const kinds = { ...said, ...done };
type Schema<K extends keyof typeof kinds> = (typeof kinds)[K] extends { draft: infer S extends TObject } ? S : never;

/** What can be sent, by kind. */
export type DraftKind = { [K in keyof typeof kinds]: [Schema<K>] extends [never] ? never : K }[keyof typeof kinds];
export const draftKinds = inOrder(kinds).filter((kind): kind is DraftKind => "draft" in kinds[kind]);

/** As a caller writes it. */
export const draftContentSchemas = Object.fromEntries(
  draftKinds.map((kind) => [kind, titled(kinds[kind].draft, kind, "Draft")]),
) as {
  [K in DraftKind]: Schema<K>;
};

export type DraftOf<K extends DraftKind> = Static<(typeof draftContentSchemas)[K]>;
export type DraftContent = { [K in DraftKind]: DraftOf<K> }[DraftKind];

/** How a checked draft becomes a message, by kind; `forward` is what the other message says. */
export const makers = Object.fromEntries(draftKinds.map((kind) => [kind, made(kind)])) as {
  [K in Exclude<DraftKind, "forward">]: Make<K>;
};

function made(kind: DraftKind): unknown {
  const found = kinds[kind];
  return "make" in found ? found.make : undefined;
}

/** Kinds of drafts that can go there. */
export const draftsThatCan = (ability: Ability): DraftKind[] =>
  draftKinds.filter((kind) => kinds[kind].about.can?.includes(ability));

/** What a draft says beside its content. */
export const draftContext = {
  reply_to: Type.Optional(targetDraft),
  mentions: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: 1_024,
      description:
        "up to 1,024 phone numbers, JIDs, LIDs or usernames; write @ and the digits, or the username, in the text where each belongs",
    }),
  ),
  mentions_everyone: Type.Optional(Type.Boolean({ description: "notifies every member of a group" })),
  audience: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 5_000,
      description: "for status@broadcast: the phone numbers, JIDs, LIDs or usernames who may see the post",
    }),
  ),
  view_once: Type.Optional(Type.Boolean({ description: `${enumerated(saidThatCan("seen_once"))} only` })),
  expires_in: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 7_776_000, description: "seconds, up to 7776000; the chat's timer" }),
  ),
};
const contextSchema = Type.Object(draftContext);

export const sendAt = Type.Integer({
  minimum: 1,
  description: "Unix seconds, up to 365 days ahead: when it is to leave; `max_wait` counts from then",
});

/** How a draft wants to be sent. */
export const draftOptions = {
  max_wait: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2_592_000,
      description: "seconds, 1 to 2592000, within which it must leave; else it fails with the code `expired`",
    }),
  ),
  send_at: Type.Optional(sendAt),
};
const optionsSchema = Type.Object(draftOptions);
export type DraftOptions = Static<typeof optionsSchema>;
export type DraftContext = Static<typeof contextSchema>;

/** The same content, checked. Throws `invalid` naming the field and what it takes. */
export function checkedContent(content: unknown): DraftContent {
  const given = typeof content === "object" && content !== null && "kind" in content ? content.kind : undefined;
  const isKind = typeof given === "string" && Object.hasOwn(draftContentSchemas, given);
  const schema = isKind ? (draftContentSchemas[given as DraftKind] as TObject) : undefined;
  if (!schema) {
    throw new Failure("invalid", `"content.kind" takes one of ${draftKinds.join(", ")}.`, { field: "content.kind" });
  }
  refuse(Value.Errors(schema, content).First(), "content");
  needWhole(content, "content");
  return content as DraftContent;
}

/** Throws `invalid` when the rest of a draft is not as it should be. */
export function checkContext(context: unknown): asserts context is DraftContext {
  refuse(Value.Errors(contextSchema, context).First(), "");
  needWhole(context, "");
}

/** Throws `invalid` when a draft cannot be sent as it wants. */
export function checkDraftOptions(options: DraftOptions): void {
  refuse(Value.Errors(optionsSchema, options).First(), "");
}

/** Throws `invalid` for half a character (a lone surrogate): phones throw away a whole message that holds one. */
function needWhole(value: unknown, field: string): void {
  if (typeof value === "string" && !value.isWellFormed())
    throw new Failure("invalid", `"${field}" takes whole characters: half of one stands in it, cut off somewhere.`, {
      field,
    });
  if (typeof value !== "object" || value === null) return;
  for (const [name, each] of Object.entries(value)) needWhole(each, field === "" ? name : `${field}.${name}`);
}

function refuse(mistake: ValueError | undefined, within: string): void {
  if (!mistake) return;
  const field = [within, ...mistake.path.split("/").slice(1)].filter((part) => part !== "").join(".");
  refuseVariant(mistake, field);
  if (mistake.message === "Unexpected property") {
    throw new Failure("invalid", `"${field}" is not a field here: leave it out or check its spelling.`, { field });
  }
  const takes = mistake.schema.description ?? mistake.message.toLowerCase();
  const verb = mistake.value === undefined ? "is missing: it takes" : "takes";
  throw new Failure("invalid", `"${field}" ${verb} ${takes}.`, { field });
}

/** One of several contents: the mistake is in the one that its kind names. */
function refuseVariant({ schema, value }: ValueError, field: string): void {
  const variants = ((schema as { anyOf?: TObject[] }).anyOf ?? []).filter((each) => each.properties?.kind);
  if (variants.length === 0) return;
  const given: unknown = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  const kindOf = (variant: TObject): unknown => variant.properties.kind?.const;
  const variant = variants.find((each) => kindOf(each) === given);
  if (variant) refuse(Value.Errors(variant, value).First(), field);
  const kinds = enumerated(variants.map((each) => String(kindOf(each))));
  throw new Failure("invalid", `"${field}.kind" takes one of ${kinds}.`, { field: `${field}.kind` });
}
