import { Failure } from "../core/base/failure.ts";

/** More than any form of ours has. */
export const mostFields = 100;

export const manyFields = () => new Failure("too_large", `The form has more than ${mostFields} fields.`);

/** Throws `too_large` for a form in the words of an address that has more fields than any, before it is parsed. */
export function needFewFields(form: Uint8Array<ArrayBuffer>): void {
  const bytes = Buffer.from(form.buffer, form.byteOffset, form.byteLength);
  let fields = 0;
  for (let at = bytes.indexOf("&"); at >= 0; at = bytes.indexOf("&", at + 1))
    if (++fields > mostFields) throw manyFields();
}
