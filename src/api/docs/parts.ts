import { type TSchema, Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";

/** Pieces that several answers share. */
export const seconds = Type.Integer({ description: "Unix seconds." });
export const oneOf = <const T extends string>(
  names: readonly T[],
  options: { title?: string; description?: string } = {},
) =>
  Type.Union(
    names.map((name) => Type.Literal(name)),
    options,
  );
/** A list that nobody changes, as the core hands it out. */
export const list = <T extends TSchema>(of: T, options: { description?: string } = {}) =>
  Type.Unsafe<readonly T["static"][]>(Type.Array(of, options));

export const named = {
  jid: Type.String({ description: "One name for one person." }),
  phone: nullable(Type.String({ description: "Digits with country code, when known." })),
  lid: nullable(Type.String({ description: "The LID JID, when known." })),
  username: nullable(Type.String({ description: "Without the `@` that shows it, when there is one." })),
};
/** A moment as people read it. */
export const moment = Type.String({ format: "date-time", description: "ISO 8601 with milliseconds." });

/** A message as WhatsApp has it. */
export const rawSchema = Type.Unsafe<object>(
  Type.Object(
    {},
    {
      title: "RawMessage",
      additionalProperties: true,
      description: "By the names of WhatsApp's own fields, bytes in base64; keys are left out.",
    },
  ),
);
