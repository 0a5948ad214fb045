import { Failure } from "../core/base/failure.ts";
import { boundaryOf } from "./multipart.ts";

/** More than any form of ours has. */
const mostParts = 100;

/** Throws `too_large` for a form of more parts than any has, in one pass and before it is parsed. */
export function needFewParts(form: Uint8Array<ArrayBuffer>, contentType: string): void {
  const boundary = boundaryOf(contentType);
  const mark = Buffer.from(boundary === null ? "&" : `--${boundary}`);
  const bytes = Buffer.from(form.buffer, form.byteOffset, form.byteLength);
  let parts = 0;
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + mark.length))
    if (++parts > mostParts) throw new Failure("too_large", `The form has more than ${mostParts} fields.`);
}
