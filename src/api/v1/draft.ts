import { t } from "elysia";
import { type DraftContent, draftContentSchemas, draftContext, draftOptions } from "../../core/model/content/draft.ts";
import { Failure } from "../../core/base/failure.ts";
import type { QueueOptions } from "../../core/model/message/message.ts";

export const to = t.String({
  description: 'a phone number with country code ("628123456789"), a username ("@ann.w"), a JID, a LID or a group id',
});

const aText = "a text of 1 to 65,536 characters";

/** What a draft says: everything of it but whom it is for. */
export const said = {
  text: t.Optional(t.String({ description: aText, minLength: 1, maxLength: 65_536 })),
  // Checked by the core, whose sentences name the field; a union's would only say that none of them fits.
  content: t.Optional(
    t.Unsafe<DraftContent>({
      ...t.Any(),
      title: "DraftContent",
      oneOf: Object.values(draftContentSchemas),
      description: "what to send, by `kind`",
    }),
  ),
  ...draftContext,
  ...draftOptions,
};

/** `text` is short for a content that is a text. `within`: where the draft stands in the body, `messages.3.`. */
export function draftContentOf(
  { text, content }: { text?: string; content?: DraftContent | undefined },
  within = "",
): DraftContent {
  if (text !== undefined && content !== undefined)
    throw new Failure("invalid", `Send "${within}text" or "${within}content", not both.`, {
      field: `${within}content`,
    });
  if (content !== undefined) return content;
  if (text !== undefined) return { kind: "text", text };
  throw new Failure("invalid", `"${within}text" is missing: it takes ${aText}.`, { field: `${within}text` });
}

/** The caller's own key for this call. Throws `invalid`. */
export function optionsIn(headers: Record<string, string | undefined>): QueueOptions {
  const key = headers["idempotency-key"];
  if (key === undefined) return {};
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new Failure("invalid", "Idempotency-Key takes 1 to 255 visible ASCII characters.", {
      field: "Idempotency-Key",
    });
  return { idempotencyKey: key };
}
