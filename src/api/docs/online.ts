import type { TSchema } from "@sinclair/typebox";
import { type Answers, done, found, operation } from "./answers.ts";
import { failed } from "./failure.ts";

/** What a call that needs WhatsApp may also answer. */
export const online: Answers = {
  409: failed("The device has no account yet, or the state of things forbids it"),
  422: failed("WhatsApp refused"),
  429: failed("Too many of these; `Retry-After` says when again"),
  503: failed("Not connected just now"),
  504: failed("WhatsApp did not answer"),
};

/** A call that asks WhatsApp for something. */
export const queryOperation = (id: string, summary: string, data: TSchema, description?: string) =>
  operation(id, summary, { ...online, 200: ["As WhatsApp has it", found(data)] }, description ? { description } : {});
/** A call that has WhatsApp do something. */
export const actionOperation = (id: string, summary: string, more?: Parameters<typeof operation>[3]) =>
  operation(id, summary, { ...online, 200: ["It is done", done] }, more);
