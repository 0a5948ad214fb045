import { type Static, Type } from "@sinclair/typebox";

/**
 * What a message can say, by kind. Adding a kind is one line here, one converter in `whatsapp/convert/` (the
 * compiler asks for it) and one golden file.
 */
export const contentSchemas = {
  text: Type.Object({ kind: Type.Literal("text"), text: Type.String() }, { description: "Plain text." }),
  unsupported: Type.Object(
    {
      kind: Type.Literal("unsupported"),
      type: Type.String({ description: "WhatsApp's own name of the kind, e.g. `pollCreationMessageV3`." }),
    },
    { description: "Something this version does not know yet. Never an error." },
  ),
};

export type ContentKind = keyof typeof contentSchemas;
export type ContentOf<K extends ContentKind> = Static<(typeof contentSchemas)[K]>;
export type Content = { [K in ContentKind]: ContentOf<K> }[ContentKind];
export const contentKinds = Object.keys(contentSchemas) as ContentKind[];
export const contentSchema = Type.Union(Object.values(contentSchemas));
